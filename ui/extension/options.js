// Which server is spoken to, and with which token.
"use strict";

const api = globalThis.browser ?? globalThis.chrome;
const at = (id) => document.querySelector(`#${id}`);
const origin = new URL(api.runtime.getURL("")).origin;

at("start").textContent = `REFDESK_TOKEN=… refdesk serve --allow-origin ${origin}`;

api.storage.local.get({ server: "http://127.0.0.1:7860", token: "" }).then((kept) => {
  at("server").value = kept.server;
  at("token").value = kept.token;
});

at("save").addEventListener("click", async () => {
  if (!at("server").reportValidity()) return;
  await api.storage.local.set({ server: at("server").value, token: at("token").value });
  at("said").textContent = "Kept.";
});

at("tabs").addEventListener("click", async () => {
  const given = await api.permissions.request({ permissions: ["tabs"] });
  at("said").textContent = given ? "It is shown from now on." : "It is not shown.";
});
