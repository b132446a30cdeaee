// The keyboard: one place that knows which key does what here and now, and shows it at "?".

import { h } from "./dom.js";
import { dialog } from "./notes.js";

const global = new Map();
const local = new Map();
let prefix = "";
let forget = 0;
const prefixLife = 1000;

/** A key that holds everywhere; "g c" is two keys one after the other. */
export const everywhere = (key, text, act) => global.set(key, { text, act });

/** A key of the page that is shown. */
export function here(key, text, act, signal) {
  local.set(key, { text, act });
  signal.addEventListener("abort", () => {
    if (local.get(key)?.act === act) local.delete(key);
  });
}

const writes = element => element?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

export function start() {
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (writes(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    press(event);
  });
}

function press(event) {
  const key = prefix + event.key;
  const found = local.get(key) ?? global.get(key);
  prefix = "";
  clearTimeout(forget);
  if (found) {
    event.preventDefault();
    found.act(event);
  } else if ([...global.keys()].some(other => other.startsWith(`${event.key} `))) {
    prefix = `${event.key} `;
    forget = setTimeout(() => { prefix = ""; }, prefixLife);
  }
}

const alike = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** All keys that do something now. */
export function help() {
  const rows = entries => [...entries].filter(([, { text }]) => text).map(([key, { text }]) => [
    h("dt", {}, key.split(" ").map(part => h("kbd", {}, alike[part] ?? part))),
    h("dd", {}, text),
  ]);
  const element = dialog(
    "Keys",
    h("h2", {}, "Keys"),
    local.size ? [h("h3", {}, "On this page"), h("dl", { class: "keys" }, rows(local))] : null,
    h("h3", {}, "Everywhere"),
    h("dl", { class: "keys" }, rows(global)),
    h("div", { class: "buttons" }, h("button", { type: "button", autofocus: true, onclick: () => element.close() }, "Close")));
}
