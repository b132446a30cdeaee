// Registrations: who is registered from where.

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
    h("input", { name: "aor", type: "search", value: query.get("aor") ?? "", placeholder: "part of it", autocomplete: "off", spellcheck: "false", "data-search": true })));
  const rows = table({
    label: "Registrations", signal, key: binding => `${binding.aor} ${binding.contact} ${binding.instance ?? ""}`, empty: "Nobody is registered.",
    columns: [
      { title: "Address", class: "number", of: binding => binding.aor },
      { title: "From", of: binding => binding.source },
      { title: "Way", wide: 1, of: binding => h("span", {}, binding.transport.toUpperCase(), " ", binding.behind_nat ? badge("NAT") : null) },
      { title: "Realm", wide: 1, of: binding => binding.realm },
      { title: "Expires", class: "num", of: binding => relative(binding.expires) },
      { title: "Phone", wide: 2, of: binding => binding.user_agent ?? "" },
      { title: "Relayed to", wide: 2, of: binding => binding.relayed_to ?? "" },
      { title: "", class: "right", of: binding => h("button", { type: "button", class: "change", "data-key": binding.aor, "aria-label": `End ${binding.aor}` }, "End") },
    ],
  });
  const wanted = () => Object.fromEntries(new FormData(find));
  const list = pages({ path: "/api/v1/registrations", ask: wanted, table: rows, kinds: ["registration"], signal });
  find.addEventListener("submit", event => event.preventDefault());
  find.addEventListener("input", () => {
    requery(wanted());
    list.first();
  });
  rows.element.addEventListener("click", event => {
    const aor = event.target.closest("button.change")?.dataset.key;
    if (aor) end(aor).then(list.again);
  });
  root.append(pageHead("Registrations"), find, rows.element, list.element);
  return list.ready;
}

async function end(aor) {
  if (!await ask(`End ${aor}?`, "Its phones are forgotten until they register again.", "End")) return;
  try {
    await request("DELETE", `/api/v1/registrations/${encodeURIComponent(aor)}`);
    note(`${aor} is not registered any more.`);
  } catch (fault) {
    note(fault.message, "bad");
  }
}
