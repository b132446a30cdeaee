// The configuration in force, as it was read, and the reload.

import { ApiError, get, isAborted, request } from "../api.js";
import { h, put, renew } from "../dom.js";
import { keepFresh } from "../events.js";
import { time } from "../format.js";
import { ask, note } from "../notes.js";
import { badge, card, pageHead } from "../parts.js";
import * as yaml from "../yaml.js";

export function show(root, { signal }) {
  const head = h("div");
  const answer = h("div", { "aria-live": "polite" });
  const sections = h("div", { class: "sections" });
  root.append(head, answer, sections);
  let shown = "";

  const load = async () => {
    try {
      const read = await get("/api/v1/configuration", {}, signal);
      renew(head, headOf(read, answer, signal));
      const text = JSON.stringify(read.configuration);
      if (text !== shown) put(sections, Object.entries(read.configuration).map(([name, value]) => section(name, value)));
      shown = text;
    } catch (fault) {
      if (!isAborted(fault) && fault.status !== 401) note(fault.message, "bad");
    }
  };
  return keepFresh(load, ["reload"], signal);
}

const section = (name, value) => card(null, yaml.view({ [name]: value }));

function headOf(read, answer, signal) {
  return pageHead("Configuration",
    read.last_reload_success ? badge(`in force since ${time(read.last_reload)}`, "ok") : badge(`reload of ${time(read.last_reload)} refused; this is older`, "bad"),
    h("code", {}, read.file),
    h("div", { class: "buttons end" }, h("button", { type: "button", class: "change", onclick: () => reload(answer, signal) }, "Reload")));
}

async function reload(answer, signal) {
  if (!await ask("Reload the configuration?", "All files are read and checked. Only if they are sound they take effect, and no call is touched.", "Reload")) return;
  try {
    const { problems } = await request("POST", "/api/v1/reload", { signal });
    put(answer, problems.length ? problemsOf("Reloaded, with warnings", problems) : null);
    note("The configuration is in force.");
  } catch (fault) {
    if (fault instanceof ApiError && fault.problems.length) put(answer, problemsOf(fault.message, fault.problems));
    else note(fault.message, "bad");
  }
}

const problemsOf = (title, problems) => card(title, h("ul", { class: "problems" }, problems.map(problem =>
  h("li", {}, badge(problem.severity, problem.severity === "error" ? "bad" : "warn"), h("div", {}, h("code", {}, `${problem.file}:${problem.line}:${problem.column}`), " ", problem.message,
    problem.hint ? h("span", { class: "sub" }, problem.hint) : null)))));
