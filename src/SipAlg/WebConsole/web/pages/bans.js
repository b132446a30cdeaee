// Bans: sources from which nothing is heard for a while, and why.

import { request } from "../api.js";
import { h } from "../dom.js";
import { relative } from "../format.js";
import { ask, note } from "../notes.js";
import { pages } from "../paging.js";
import { badge, pageHead } from "../parts.js";
import { requery } from "../router.js";
import { table } from "../table.js";

export function show(root, { query, signal }) {
  const find = h("form", { class: "filters one", role: "search" }, h("label", {}, "Address",
    h("input", { name: "address", type: "search", value: query.get("address") ?? "", placeholder: "part of it", autocomplete: "off", spellcheck: "false", "data-search": true })));
  const rows = table({
    label: "Bans", signal, key: ban => ban.address, empty: "Nobody is banned.",
    columns: [
      { title: "Address", class: "number", of: ban => ban.address },
      { title: "Why", of: ban => ban.why },
      { title: "Reason", wide: 1, of: ban => badge(ban.reason.replaceAll("_", " ")) },
      { title: "Drops", wide: 1, of: ban => ban.proven ? "all it sends" : "datagrams" },
      { title: "Realm", wide: 2, of: ban => ban.realm },
      { title: "Times", wide: 2, class: "num", of: ban => String(ban.times) },
      { title: "Ends", class: "num", of: ban => relative(ban.until) },
      { title: "", class: "right", of: ban => h("button", { type: "button", class: "change", "data-key": ban.address, "aria-label": `Lift the ban of ${ban.address}` }, "Lift") },
    ],
  });
  const wanted = () => Object.fromEntries(new FormData(find));
  const list = pages({ path: "/api/v1/bans", ask: wanted, table: rows, kinds: ["ban"], signal });
  find.addEventListener("submit", event => event.preventDefault());
  find.addEventListener("input", () => {
    requery(wanted());
    list.first();
  });
  rows.element.addEventListener("click", event => {
    const address = event.target.closest("button.change")?.dataset.key;
    if (address) lift(address).then(list.again);
  });
  root.append(pageHead("Bans"), find, rows.element, list.element);
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
