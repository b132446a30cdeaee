// Short messages at the edge, and questions before what cannot be taken back.

import { h } from "./dom.js";

const shown = 6000;

/** @param tone ok or bad. */
export function note(text, tone = "ok") {
  const element = h("div", { class: `note ${tone}` }, text);
  document.getElementById("notes").append(element);
  setTimeout(() => element.remove(), shown);
}

/** A dialog whose content the caller makes; closes with Escape too. */
export function dialog(label, ...children) {
  const element = h("dialog", { "aria-label": label, onclose: () => element.remove() }, ...children);
  document.body.append(element);
  element.showModal();
  return element;
}

/** @returns whether the answer is yes. */
export function ask(question, detail, yes) {
  return new Promise(resolve => {
    const answer = value => {
      resolve(value);
      element.close();
    };
    const element = dialog(
      question,
      h("h2", {}, question),
      h("p", {}, detail),
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => answer(false) }, "Cancel"),
        h("button", { type: "button", class: "danger", autofocus: true, onclick: () => answer(true) }, yes)));
    element.addEventListener("close", () => resolve(false));
  });
}
