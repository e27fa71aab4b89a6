// The small window: says whether the page is in the library, and sends it.
"use strict";

const api = globalThis.browser ?? globalThis.chrome;
const state = document.querySelector("#state");
const button = document.querySelector("#send");

async function here() {
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab;
}

async function look() {
  const tab = await here();
  const known = await api.runtime.sendMessage({ what: "known", tabId: tab.id, url: tab.url });
  const texts = { yes: "This page is in your library.", no: "This page is not in your library." };
  state.textContent = texts[known] ?? `It cannot be told: ${known}.`;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  state.textContent = "Sending …";
  const tab = await here();
  const note = document.querySelector("#note").value;
  const { state: ended, error } = await api.runtime.sendMessage({ what: "send", tabId: tab.id, note });
  state.textContent = ended === "done" ? "It is in your library now." : (error ?? `It is ${ended}.`);
  button.disabled = false;
});

look();
