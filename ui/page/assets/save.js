"use strict";
// Gets a page from the window that opened this one, shows what came, and sends it when told to.
const at = (id) => document.getElementById(id);
const here = location.origin + location.pathname;
let page = null;

function bookmarklet(save) {
  const origin = new URL(save).origin;
  const opened = open(save, "_blank");
  addEventListener("message", (event) => {
    if (event.source !== opened || event.origin !== origin || event.data !== "refdesk") return;
    const roots = []; /* what components draw is no part of outerHTML */
    const look = (within) => within.querySelectorAll("*").forEach(({ shadowRoot }) => {
      if (shadowRoot) { roots.push(shadowRoot); look(shadowRoot); }
    });
    look(document);
    const page = document.documentElement;
    const whole = roots.length && page.getHTML
      ? page.cloneNode().outerHTML.replace("</html>", () => `${page.getHTML({ shadowRoots: roots })}</html>`)
      : page.outerHTML;
    opened.postMessage({
      url: location.href, html: whole, title: document.title,
      selection: String(getSelection()).slice(0, 20000),
    }, origin);
  });
}
at("link").href = `javascript:(${bookmarklet})(${JSON.stringify(here)})`;

addEventListener("message", (event) => {
  const came = event.data;
  // what a page says of its address is believed as far as its origin goes
  if (event.source !== window.opener || page || typeof came?.url !== "string") return;
  if (typeof came.html !== "string" || new URL(came.url).origin !== event.origin) return;
  page = { url: came.url, html: came.html, title: String(came.title ?? "").slice(0, 1000),
           selection: String(came.selection ?? "").slice(0, 20000) };
  at("title").textContent = page.title;
  at("url").textContent = page.url;
  at("none").hidden = true;
  at("page").hidden = false;
});
window.opener?.postMessage("refdesk", "*");

at("take").addEventListener("click", async () => {
  at("take").disabled = true;
  const root = here.replace(/\/save\/?$/, "");
  const ask = (path, how) => fetch(root + path, { credentials: "same-origin", ...how });
  const reply = await ask("/api/v1/ingest", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...page, note: at("note").value }),
  });
  let job = await reply.json();
  if (reply.status === 401) job.detail = "Open refdesk in this browser and give its token first.";
  if (reply.status !== 202) {
    at("said").textContent = job.detail ?? `The server answered ${reply.status}.`;
    at("take").disabled = false;
    return;
  }
  at("said").textContent = "Reading …";
  while (!job.ended) {
    await new Promise((after) => setTimeout(after, 500));
    job = await (await ask(`/api/v1/jobs/${job.id}`)).json();
  }
  at("said").textContent = job.state === "done" ? "It is in your library now." : job.error;
});
