// Peers: the systems that the gateway talks to, and how each of them is.

import { meter } from "../chart.js";
import { h } from "../dom.js";
import { count, relative, words } from "../format.js";
import { pages } from "../paging.js";
import { badge, pageHead } from "../parts.js";
import { table } from "../table.js";

const sub = text => text ? h("span", { class: "sub" }, text) : null;

function state(peer) {
  if (peer.rest_seconds) return h("span", {}, badge("rests", "warn"), sub(`for ${Math.ceil(peer.rest_seconds)} s`));
  if (peer.up) return badge("up", "ok");
  return h("span", {}, badge("down", "bad"), sub(`${words(peer.down_reason)}, ${relative(peer.down_since)}`));
}

function registration({ registration: held }) {
  if (!held) return "";
  return h("span", {}, badge(held.registered ? "registered" : words(held.outcome), held.registered ? "ok" : "bad"),
    sub(held.registered ? `until ${relative(held.registered_until)}` : held.next_try ? `next try ${relative(held.next_try)}` : ""));
}

function attempts({ attempts: tried }) {
  const all = Object.values(tried).reduce((sum, value) => sum + value, 0);
  return h("span", {}, count(all), sub(Object.entries(tried).filter(([, value]) => value > 0).map(([name, value]) => `${count(value)} ${words(name)}`).join(", ")));
}

const load = peer => h("span", {}, peer.calls_limit ? `${count(peer.calls_active)} of ${count(peer.calls_limit)}` : count(peer.calls_active),
  peer.calls_limit ? meter(peer.calls_active, peer.calls_limit, "Share of the limit") : null);

export function show(root, { signal }) {
  const rows = table({
    label: "Peers", signal, key: peer => peer.name, empty: "No peers are configured.", tone: peer => peer.up ? "" : "bad",
    open: peer => { location.hash = `#/calls?state=live&peer=${encodeURIComponent(peer.name)}`; },
    columns: [
      { title: "Peer", class: "number", of: peer => peer.name },
      { title: "State", of: state },
      { title: "Calls", of: load },
      { title: "Realm", wide: 1, of: peer => peer.realm },
      { title: "Address", wide: 1, of: peer => h("span", {}, peer.endpoint ?? "not resolved", sub(peer.endpoints.length > 1 ? `and ${peer.endpoints.length - 1} more` : peer.address)) },
      { title: "Registration", wide: 1, of: registration },
      { title: "Calls sent", wide: 2, of: attempts },
    ],
  });
  const list = pages({ path: "/api/v1/peers", ask: () => ({}), table: rows, kinds: ["peer", "call"], signal });
  root.append(pageHead("Peers"), rows.element, list.element);
  return list.ready;
}
