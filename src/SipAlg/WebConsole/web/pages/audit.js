// The audit: who has changed what, and who has logged in, newest first.

import { h } from "../dom.js";
import { time } from "../format.js";
import { pages } from "../paging.js";
import { badge, pageHead } from "../parts.js";
import { requery } from "../router.js";
import { table } from "../table.js";

const tones = { done: "ok", refused: "warn", failed: "bad" };

export function show(root, { query, signal }) {
  const field = (name, title, hint) => h("label", {}, title,
    h("input", { name, type: "search", value: query.get(name) ?? "", placeholder: hint, autocomplete: "off", spellcheck: "false", "data-search": name === "path" }));
  const find = h("form", { class: "filters", role: "search" }, field("path", "What", "part of the path"), field("who", "Who", "part of it"),
    h("label", {}, "Outcome", h("select", { name: "outcome" },
      ["", ...Object.keys(tones)].map(value => h("option", { value, selected: value === (query.get("outcome") ?? "") }, value || "any")))));
  const rows = table({
    label: "Changes", signal, key: entry => `${entry.at} ${entry.who} ${entry.method} ${entry.path}`, empty: "Nothing of that since the gateway started.",
    columns: [
      { title: "When", class: "num", of: entry => time(entry.at) },
      { title: "What", class: "number", of: entry => `${entry.method} ${entry.path}${entry.detail ? ` (${entry.detail})` : ""}` },
      { title: "Outcome", of: entry => badge(entry.outcome, tones[entry.outcome] ?? "") },
      { title: "Who", wide: 1, of: entry => entry.who },
      { title: "From", wide: 1, of: entry => entry.address },
      { title: "Status", class: "num", wide: 2, of: entry => String(entry.status) },
    ],
  });
  const wanted = () => Object.fromEntries(new FormData(find));
  const list = pages({ path: "/api/v1/audit", ask: wanted, table: rows, kinds: ["reload"], signal });
  find.addEventListener("submit", event => event.preventDefault());
  find.addEventListener("input", () => {
    requery(wanted());
    list.first();
  });
  root.append(pageHead("Audit"), find, rows.element, list.element);
  return list.ready;
}
