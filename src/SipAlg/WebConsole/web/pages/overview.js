// The overview: how the gateway is, what went wrong lately, and who is reached.

import { get, isAborted, request } from "../api.js";
import { line, meter } from "../chart.js";
import { h, renew } from "../dom.js";
import { keepFresh } from "../events.js";
import { count, duration, fixed, milliseconds, none, percent, relative, time, words } from "../format.js";
import { ask, note } from "../notes.js";
import { badge, callBadge, card, pageHead } from "../parts.js";
import { table } from "../table.js";

const poll = 2000;
const latest = 10;
const mostPeers = 12;

/** Share of answered calls, and of calls that the network carried, below which something is wrong. */
const low = { answered: 0.3, effective: 0.9 };

export function show(root, { signal }) {
  const parts = { head: h("div"), tiles: h("div", { class: "tiles" }), foot: h("p", { class: "about" }) };
  const trouble = table({
    label: "Latest trouble", signal, key: call => call.id, open: call => { location.hash = `#/calls/${call.id}`; }, empty: "No call has failed lately.",
    columns: [
      { title: "Ended", class: "num", of: call => time(call.ended) },
      { title: "Call", class: "number", of: call => h("a", { href: `#/calls/${call.id}` }, `${call.caller || none} → ${call.called || none}`) },
      { title: "Outcome", wide: 1, of: callBadge },
      { title: "Verdict", of: call => words(call.verdict?.code) },
    ],
  });
  const peers = h("ul", { class: "peers" });
  root.append(parts.head, parts.tiles,
    h("div", { class: "columns" },
      h("section", { class: "card" }, h("h2", {}, "Latest trouble"), trouble.element),
      card("Peers", peers)),
    parts.foot);

  const load = async () => {
    try {
      const [figures, failed, rejected, down, all] = await Promise.all([
        get("/api/v1/overview", {}, signal),
        get("/api/v1/calls", { state: "ended", outcome: "failed", limit: latest }, signal),
        get("/api/v1/calls", { state: "ended", outcome: "rejected", limit: latest }, signal),
        get("/api/v1/peers", { up: "false", limit: mostPeers }, signal),
        get("/api/v1/peers", {}, signal),
      ]);
      renew(parts.head, headOf(figures));
      renew(parts.tiles, tiles(figures));
      renew(parts.foot, `SipAlg ${figures.version}, up for ${duration(figures.uptime_seconds)}, configuration ${figures.last_reload.success ? "taken" : "refused"} ${relative(figures.last_reload.at)}.`);
      trouble.update([...failed.items, ...rejected.items].sort((one, other) => new Date(other.ended) - new Date(one.ended)).slice(0, latest));
      renew(peers, listed(down.items, all.items, figures.peers_total));
    } catch (fault) {
      if (!isAborted(fault) && fault.status && fault.status !== 401) note(fault.message, "bad");
    }
  };
  return keepFresh(load, ["call", "peer", "registration", "reload"], signal, poll);
}

function headOf(figures) {
  const drain = figures.draining
    ? h("button", { type: "button", class: "change", "data-act": "take", disabled: figures.stopping, onclick: () => change("DELETE", "New calls are taken again.") }, "Take calls again")
    : h("button", { type: "button", class: "change", "data-act": "drain", onclick: () => change("POST", "No new calls are taken.") }, "Drain");
  const state = figures.stopping ? badge("stopping", "bad") : figures.draining ? badge(`draining: no new calls${deadline(figures.drain_deadline)}`, "warn") : badge("taking calls", "ok");
  return pageHead("Overview", state, figures.last_reload.success ? null : badge("last reload refused", "bad"), h("div", { class: "buttons end" }, drain));
}

const deadline = at => at ? new Date(at) > new Date() ? `, calls end ${relative(at)}` : ", the deadline has passed" : "";

async function change(method, done) {
  const limit = h("input", { name: "deadline", placeholder: "as 10m; empty: never", autocomplete: "off", spellcheck: "false" });
  const detail = h("span", {}, "New calls are refused until you take calls again; those that live go on. ", h("label", {}, "End them after ", limit));
  if (method === "POST" && !await ask("Drain the gateway?", detail, "Drain")) return;
  try {
    await request(method, "/api/v1/drain", { body: method === "POST" && limit.value.trim() ? { deadline: limit.value.trim() } : undefined });
    note(done);
  } catch (fault) {
    note(fault.message, "bad");
  }
}

function tile(name, value, unit, drawing, { href = null, isBad = false } = {}) {
  return h(href ? "a" : "div", { class: isBad ? "tile bad" : "tile", href },
    h("span", { class: "name" }, name), h("span", { class: "value" }, value, unit ? h("small", {}, unit) : null), drawing);
}

function tiles(figures) {
  const { series, last_5_minutes: last } = figures;
  const ports = figures.realms.reduce((sum, realm) => [sum[0] + realm.ports_in_use, sum[1] + realm.ports_capacity], [0, 0]);
  const thousandths = list => list.map(value => value * 1000);
  return [
    tile("Live calls", count(figures.calls_active), "", line(series.calls_active, { label: "Live calls in the last minutes", most: 4 }), { href: "#/calls" }),
    tile("Calls begun", fixed(figures.calls_per_second), "per s", line(series.calls_per_second, { label: "Calls a second in the last minutes", most: 1 })),
    tile("Answered, 5 min", percent(last.answer_seizure_ratio), `of ${count(last.calls)}`, meter(last.answer_seizure_ratio ?? 0, 1, "Answer-seizure ratio", false), { isBad: (last.answer_seizure_ratio ?? 1) < low.answered }),
    tile("Network effective", percent(last.network_effectiveness), "NER", meter(last.network_effectiveness ?? 0, 1, "Network effectiveness ratio", false), { isBad: (last.network_effectiveness ?? 1) < low.effective }),
    tile("Registrations", count(figures.registrations_active), "", line(series.registrations, { label: "Registrations in the last minutes", most: 4 }), { href: "#/registrations" }),
    tile("Peers up", `${figures.peers_up}`, `of ${figures.peers_total}`, meter(figures.peers_up, figures.peers_total, "Share of peers that are up", false), { href: "#/peers", isBad: figures.peers_up < figures.peers_total }),
    tile("Media ports", count(ports[0]), `of ${count(ports[1])}`, meter(ports[0], ports[1], "Share of media ports in use")),
    tile("Processor", percent(figures.cpu_cores / figures.cpus, 0), `of ${figures.cpus}`, line(series.cpu_cores, { label: "Processors in use in the last minutes", most: figures.cpus })),
    tile("Relay delay, p99", milliseconds(figures.relay_delay_seconds, 2), "", line(thousandths(series.relay_delay_seconds), { label: "Relay delay in the last minutes, in ms", most: 1 })),
    tile("Lane delay, p99", milliseconds(figures.lane_delay_seconds, 2), "", line(thousandths(series.lane_delay_seconds), { label: "Lane delay in the last minutes, in ms", most: 1 })),
  ];
}

/** Those that are down first, wherever in the configuration they are; of the others on the first page those with most calls. */
function listed(down, some, total) {
  if (total === 0) return h("li", {}, "No peers are configured.");
  const others = some.filter(peer => peer.up && !down.some(other => other.name === peer.name)).toSorted((one, other) => other.calls_active - one.calls_active);
  return [...[...down, ...others].slice(0, mostPeers).map(peerOf), total > mostPeers ? h("li", {}, h("a", { href: "#/peers" }, "all")) : null];
}

const peerOf = peer => h("li", {}, badge(peer.up ? "up" : peer.rest_seconds ? "rests" : "down", peer.up ? "ok" : peer.rest_seconds ? "warn" : "bad"),
  h("a", { href: `#/calls?peer=${encodeURIComponent(peer.name)}` }, peer.name), h("span", {}, `${count(peer.calls_active)} calls`));
