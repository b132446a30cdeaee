// The audit: who has changed what by this gateway's API, newest first.

import { time } from "../format.js";
import { pages } from "../paging.js";
import { badge, pageHead } from "../parts.js";
import { table } from "../table.js";

const tones = { done: "ok", refused: "warn", failed: "bad" };

export function show(root, { signal }) {
  const rows = table({
    label: "Changes", signal, key: entry => `${entry.at} ${entry.who} ${entry.method} ${entry.path}`, empty: "Nothing has been changed since the gateway started.",
    columns: [
      { title: "When", class: "num", of: entry => time(entry.at) },
      { title: "What", class: "number", of: entry => `${entry.method} ${entry.path}` },
      { title: "Outcome", of: entry => badge(entry.outcome, tones[entry.outcome] ?? "") },
      { title: "Who", wide: 1, of: entry => entry.who },
      { title: "From", wide: 1, of: entry => entry.address },
      { title: "Status", class: "num", wide: 2, of: entry => String(entry.status) },
    ],
  });
  const list = pages({ path: "/api/v1/audit", ask: () => ({}), table: rows, kinds: ["reload"], signal });
  root.append(pageHead("Audit"), rows.element, list.element);
  return list.ready;
}
