// What several pages show in the same way.

import { get } from "./api.js";
import { h, put, s } from "./dom.js";
import { words } from "./format.js";

/** A word in a colour; never the colour alone. tone: ok, warn, bad, live or "". */
export const badge = (text, tone = "") => h("span", { class: `badge ${tone}` }, text);

const outcomes = { answered: "ok", cancelled: "", rejected: "warn", failed: "bad" };
const states = { setup: "live", answered: "live", ending: "" };
const stateWords = { setup: "setting up", answered: "talking", ending: "ending" };

/** Whether a call lives, or how it ended. */
export function callBadge(call) {
  if (call.state in states) return badge(stateWords[call.state], states[call.state]);
  if (call.state === "refused") return badge("refused", "warn");
  return badge(words(call.outcome), outcomes[call.outcome] ?? "");
}

/** Codes of calls that went well, and of those that ended as people and rules would have it: nothing is out of order. */
const well = new Set(["completed", "in_progress", "transferred", "replaced"]);
const usual = new Set(["callee_busy", "callee_declined", "callee_unavailable", "caller_gave_up", "no_answer", "hung_up_by_operator", "rejected_by_route", "max_duration", "gateway_stopped", "drain_deadline"]);

export const verdictTone = code => well.has(code) ? "ok" : usual.has(code) ? "" : "bad";

export const pageHead = (title, ...rest) => h("div", { class: "head" }, h("h1", {}, title), ...rest);

/** A list of names and values; what has no value is left out. */
export const facts = pairs => h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
  .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

export const card = (title, ...rest) => h("section", { class: "card" }, title ? h("h2", {}, title) : null, ...rest);

/** Names to choose from as one types: the field's list attribute is the id. */
export function suggestions(id, path, signal) {
  const list = h("datalist", { id });
  get(path, { limit: 1000 }, signal).then(({ items }) => put(list, items.map(item => h("option", { value: item.name })))).catch(() => null);
  return list;
}

const paths = {
  overview: "M3 13V8M7.500 13V3M12 13V6",
  calls: "M4.200 2.500 6 2.500 7 5.500 5.600 6.700a7 7 0 0 0 3.700 3.700L10.500 9l3 1v1.800c0 .8-.6 1.500-1.500 1.500C6.700 13.300 2.700 9.300 2.700 4c0-.9.700-1.500 1.500-1.500z",
  registrations: "M5 1.500h6v13H5zM7.300 12h1.400",
  peers: "M2 3h12v4H2zM2 9h12v4H2zM4.500 5h.1M4.500 11h.1",
  bans: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.800 3.800l8.400 8.400",
  dialplan: "M2 8h4l3-4.500h5M6 8l3 4.500h5M12 1.500l2 2-2 2M12 10.500l2 2-2 2",
  configuration: "M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.500 3v3M5.500 10v3",
  audit: "M3.500 2h9v12h-9zM5.800 5.500h4.400M5.800 8h4.400M5.800 10.500h2.400",
  menu: "M2 4h12M2 8h12M2 12h12",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
};

/** A line drawing of 16 by 16. */
export const icon = name => s("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: paths[name] }));
