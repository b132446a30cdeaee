// Calls: those that live, those that ended, and INVITEs that became no call.

import { h } from "../dom.js";
import { duration, none, since, time, words } from "../format.js";
import { pages } from "../paging.js";
import { callBadge, pageHead, suggestions, verdictTone } from "../parts.js";
import { requery } from "../router.js";
import { table } from "../table.js";

const states = [["live", "Live"], ["ended", "Recent"], ["refused", "Refused"]];
const settle = 250;

const side = (realm, peer, user) => user ?? peer ?? realm ?? none;

const verdictOf = ({ verdict }) => verdict ? h("span", { class: verdictTone(verdict.code) === "bad" ? "trouble" : "" }, words(verdict.code)) : none;

const columns = [
  { title: "State", class: "state", of: callBadge },
  { title: "Started", class: "num", wide: 1, of: call => time(call.started) },
  { title: "Caller", class: "number", of: call => h("a", { href: `#/calls/${call.id}` }, call.caller || none) },
  { title: "Called", class: "number", of: call => call.called || none },
  { title: "From", wide: 1, of: call => side(call.from_realm, call.from_peer, call.from_user) },
  { title: "To", wide: 1, of: call => side(call.to_realm, call.to_peer, call.to_user) },
  { title: "Length", class: "num", of: call => duration(call.duration_seconds ?? (call.ended ? null : since(call.answered))) },
  { title: "Status", class: "num", wide: 2, of: call => call.status ? String(call.status) : none },
  { title: "Verdict", wide: 1, of: verdictOf },
  { title: "Route", wide: 2, of: call => call.route ?? none },
];

export function show(root, { query, signal }) {
  let state = states.some(([name]) => name === query.get("state")) ? query.get("state") : "live";
  const filters = form(query);
  filters.append(suggestions("peer-names", "/api/v1/peers", signal));
  // Live calls have no outcome and no verdict: what was chosen of ended ones is not to be seen then, and is to hide nothing.
  const ask = () => ({ state, ...Object.fromEntries(new FormData(filters)), ...(state === "live" ? { outcome: "", verdict: "" } : {}) });
  const rows = table({
    label: "Calls", columns, signal, key: call => call.id, open: call => { location.hash = `#/calls/${call.id}`; },
    tone: call => call.outcome === "failed" ? "bad" : "", empty: "No calls.",
  });
  const list = pages({ path: "/api/v1/calls", ask, table: rows, kinds: ["call"], signal });

  const changed = () => {
    requery(ask());
    filters.classList.toggle("now", state === "live");
    list.first();
  };
  let wait = 0;
  filters.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(changed, settle);
  });
  filters.addEventListener("submit", event => event.preventDefault());
  filters.classList.toggle("now", state === "live");

  // A call that lives grows longer without any news of it.
  const ticks = setInterval(() => state === "live" ? rows.refresh() : null, 1000);
  signal.addEventListener("abort", () => clearInterval(ticks));

  const tabs = h("div", { class: "segments", role: "group", "aria-label": "Which calls" }, states.map(([name, title]) =>
    h("button", {
      type: "button", "aria-pressed": String(name === state), onclick: event => {
        state = name;
        for (const other of tabs.children) other.setAttribute("aria-pressed", String(other === event.currentTarget));
        changed();
      },
    }, title)));
  root.append(pageHead("Calls", tabs), filters, rows.element, list.element);
  return list.ready;
}

function form(query) {
  const field = (name, title, hint, extra = "") => h("label", { class: extra }, title,
    h("input", { name, type: "search", value: query.get(name) ?? "", placeholder: hint, list: name === "peer" ? "peer-names" : null, autocomplete: "off", spellcheck: "false", "data-search": name === "number" }));
  const outcome = h("label", { class: "over" }, "Outcome", h("select", { name: "outcome" },
    ["", "answered", "cancelled", "rejected", "failed"].map(value => h("option", { value, selected: value === (query.get("outcome") ?? "") }, value || "any"))));
  return h("form", { class: "filters", role: "search" },
    field("number", "Number", "part of either"), field("peer", "Peer", "name"), outcome, field("verdict", "Verdict", "no_route", "over"));
}
