// Bans: addresses from which nothing is heard for a while.

import { request } from "../api.js";
import { h } from "../dom.js";
import { relative, time, words } from "../format.js";
import { ask, note } from "../notes.js";
import { pages } from "../paging.js";
import { pageHead } from "../parts.js";
import { table } from "../table.js";

export function show(root, { signal }) {
  let list = null;
  const lift = async address => {
    if (!await ask(`Lift the ban of ${address}?`, "The gateway listens to this address again at once.", "Lift")) return;
    try {
      await request("DELETE", `/api/v1/bans/${encodeURIComponent(address)}`);
      note(`${address} is heard again.`);
    } catch (fault) {
      note(fault.message, "bad");
    }
    list.again();
  };
  const rows = table({
    label: "Bans", signal, key: ban => ban.address, empty: "Nobody is banned.",
    columns: [
      { title: "Address", class: "number", of: ban => ban.address },
      { title: "Reason", of: ban => words(ban.reason) },
      { title: "Since", class: "num", wide: 1, of: ban => time(ban.since) },
      { title: "Ends", class: "num", of: ban => relative(ban.until) },
      { title: "", class: "right", of: ban => h("button", { type: "button", class: "change", "data-key": ban.address, "aria-label": `Lift the ban of ${ban.address}` }, "Lift") },
    ],
  });
  rows.element.addEventListener("click", event => {
    const address = event.target.closest("button.change")?.dataset.key;
    if (address) lift(address);
  });
  list = pages({ path: "/api/v1/bans", ask: () => ({}), table: rows, kinds: ["ban"], signal });
  root.append(pageHead("Bans"), rows.element, list.element);
}
