// Bans: addresses from which nothing is heard for a while.

import { request } from "../api.js";
import { h } from "../dom.js";
import { ask, note } from "../notes.js";
import { pages } from "../paging.js";
import { pageHead } from "../parts.js";
import { table } from "../table.js";

export function show(root, { signal }) {
  const rows = table({
    label: "Bans", signal, key: address => address, empty: "Nobody is banned.",
    columns: [
      { title: "Address", class: "number", of: address => address },
      { title: "", class: "right", of: address => h("button", { type: "button", class: "change", "data-key": address, "aria-label": `Lift the ban of ${address}` }, "Lift") },
    ],
  });
  const list = pages({ path: "/api/v1/bans", ask: () => ({}), table: rows, kinds: [], signal });
  rows.element.addEventListener("click", event => {
    const address = event.target.closest("button.change")?.dataset.key;
    if (address) lift(address).then(list.again);
  });
  root.append(pageHead("Bans"), rows.element, list.element);
  return list.ready;
}

async function lift(address) {
  if (!await ask(`Lift the ban of ${address}?`, "The gateway listens to this address again at once.", "Lift")) return;
  try {
    await request("DELETE", `/api/v1/bans/${encodeURIComponent(address)}`);
    note(`${address} is heard again.`);
  } catch (fault) {
    note(fault.message, "bad");
  }
}
