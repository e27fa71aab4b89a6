// What the extension does: send a page as it is seen, and tell whether a page is in the library.
// It speaks to one server only, the one a person named in the options, and keeps nothing else.
"use strict";

const api = globalThis.browser ?? globalThis.chrome;
const LARGEST = 20_000_000; // characters of a page, as the server has it

async function settings() {
  const kept = await api.storage.local.get({ server: "http://127.0.0.1:7860", token: "" });
  return { server: kept.server.replace(/\/+$/, ""), token: kept.token };
}

async function call(path, body) {
  const { server, token } = await settings();
  const reply = await fetch(server + path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
    credentials: "omit",
  });
  const said = await reply.json().catch(() => ({}));
  return { status: reply.status, said };
}

const isPage = (url) => /^https?:\/\//.test(url ?? "");

// "yes", "no", or why it cannot be told
async function known(url) {
  if (!isPage(url)) return "no page of the web";
  try {
    const { status, said } = await call(`/api/v1/source?url=${encodeURIComponent(url)}`);
    if (status === 200) return "yes";
    return status === 404 ? "no" : (said.detail ?? `the server answered ${status}`);
  } catch {
    return "the server does not answer";
  }
}

async function badge(tabId, url) {
  const state = await known(url);
  await api.action.setBadgeText({ tabId, text: state === "yes" ? "✓" : "" });
  await api.action.setBadgeBackgroundColor({ tabId, color: "#2f6f4f" });
  return state;
}

// Runs in the page.
function seen() {
  const roots = []; // what components draw is no part of outerHTML
  const look = (within) => within.querySelectorAll("*").forEach(({ shadowRoot }) => {
    if (shadowRoot) { roots.push(shadowRoot); look(shadowRoot); }
  });
  look(document);
  const page = document.documentElement;
  const whole = roots.length && page.getHTML
    ? page.cloneNode().outerHTML.replace("</html>", () => `${page.getHTML({ shadowRoots: roots })}</html>`)
    : page.outerHTML;
  return {
    url: location.href,
    html: whole,
    title: document.title,
    selection: String(getSelection()).slice(0, 20_000),
  };
}

async function send(tabId, note) {
  try {
    const [{ result: page }] = await api.scripting.executeScript({ target: { tabId }, func: seen });
    if (page.html.length > LARGEST) return { error: "The page is too large." };
    page.title = page.title.slice(0, 1000);
    const { status, said } = await call("/api/v1/ingest", { ...page, note: note.slice(0, 20_000) });
    if (status !== 202) return { error: said.detail ?? `The server answered ${status}.` };
    return await ended(said, tabId, page.url);
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

async function ended(job, tabId, url) {
  for (let looks = 0; looks < 240 && !job.ended; looks++) {
    await new Promise((after) => setTimeout(after, 500));
    job = (await call(`/api/v1/jobs/${job.id}`)).said;
  }
  await badge(tabId, url);
  return { state: job.state ?? "unknown", error: job.error || undefined };
}

api.runtime.onMessage.addListener((asked, from, answer) => {
  if (from.id !== api.runtime.id || from.tab?.url?.startsWith("http")) return false;
  const work = { send: () => send(asked.tabId, asked.note), known: () => badge(asked.tabId, asked.url) };
  work[asked.what]?.().then(answer);
  return asked.what in work; // the answer comes later
});

// Only with the permission a person may give in the options: without it addresses are not seen.
api.tabs.onUpdated.addListener((tabId, change, tab) => {
  if (change.status === "complete" && isPage(tab.url)) badge(tabId, tab.url);
});
