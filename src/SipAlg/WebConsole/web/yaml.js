// What is written in a configuration, as its author would write it again: short mappings and lists in one line, others in
// several.

import { h } from "./dom.js";

const widest = 64;

const quoted = /^$|^[\s&*!|>'"%@`#[{?-]|[:#]\s|\s#|[,[\]{}]|:$|^\s|\s$|\n/;

const scalar = value => value === null ? "null" : quoted.test(String(value)) ? `'${String(value).replaceAll("'", "''").replaceAll("\n", "\\n")}'` : String(value);

/** In one line: { key: value, … }. */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value && typeof value === "object") return Object.keys(value).length ? `{ ${Object.entries(value).map(([key, inner]) => `${scalar(key)}: ${flow(inner)}`).join(", ")} }` : "{}";
  return scalar(value);
}

/** @returns lines: [indent, key or "-", rest]. */
export function lines(value, indent = 0) {
  const entries = Array.isArray(value) ? value.map(inner => ["-", inner]) : Object.entries(value);
  return entries.flatMap(([key, inner]) => {
    const name = key === "-" ? "-" : `${scalar(key)}:`;
    const text = flow(inner);
    if (inner === null || typeof inner !== "object" || text.length + indent + name.length < widest && (indent > 0 || key === "-")) return [[indent, name, text]];
    return [[indent, name, ""], ...lines(inner, indent + 2)];
  });
}

/** Shown with its keys marked. */
export const view = value => h("pre", { class: "yaml", tabindex: "0" },
  lines(value).map(([indent, name, rest]) => [" ".repeat(indent), h("span", { class: "key" }, name), rest ? ` ${rest}` : "", "\n"]));

export const line = flow;
