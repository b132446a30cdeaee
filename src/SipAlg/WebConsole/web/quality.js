// How a call's media did, for each stream and direction: figures as the gateway has them, and their course while the
// page is open.

import { line, Series } from "./chart.js";
import { h } from "./dom.js";
import { count, fixed, milliseconds, none, percent } from "./format.js";
import { badge, card } from "./parts.js";

const kept = 120;

const scores = [[4.0, "ok", "good"], [3.6, "ok", "fair"], [3.1, "warn", "poor"], [0, "bad", "bad"]];

function scored(mos) {
  if (mos === null || mos === undefined) return none;
  const [, tone, word] = scores.find(([least]) => mos >= least);
  return badge(`${fixed(mos, 2)} ${word}`, tone);
}

/** @param history what earlier calls of this function saw, by direction. */
export function quality(call, history) {
  if (!call.media?.length) return null;
  return card("Media", h("div", { class: "streams" }, call.media.flatMap(stream =>
    [["from_caller", "from the caller"], ["from_callee", "from the callee"]].map(([key, title]) => direction(stream, key, title, call, history)))));
}

function direction(stream, key, title, call, history) {
  const figures = stream[key];
  const name = `${stream.type} ${title}`;
  if (!figures) return h("article", { class: "stream" }, h("h3", {}, name), h("p", { class: "empty" }, "Nothing came."));
  const rtp = figures.rtp;
  const rows = [
    ["Packets", count(figures.packets)], ["Lost", rtp ? `${count(rtp.lost)} · ${percent(rtp.loss_ratio, 2)}` : null],
    ["Jitter", rtp?.mean_jitter_seconds === undefined ? null : `${milliseconds(rtp.mean_jitter_seconds)} mean, ${milliseconds(rtp.max_jitter_seconds)} most`],
    ["Round trip", figures.round_trip_seconds === undefined ? null : milliseconds(figures.round_trip_seconds)],
    ["Loss it reports", figures.reported_loss === undefined ? null : percent(figures.reported_loss, 2)],
    ["Longest gap", `${fixed(figures.longest_gap_seconds * 1000, 0)} ms`],
    ["Out of order", rtp ? `${count(rtp.reordered)}, ${count(rtp.duplicates)} twice` : null], ["Payload type", rtp ? String(rtp.payload_type) : null],
  ].filter(([, value]) => value !== null);
  return h("article", { class: "stream" },
    h("h3", {}, name, " ", figures.mos === undefined ? null : scored(figures.mos)),
    h("dl", { class: "facts rows" }, rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value)))),
    call.ended ? null : courses(`${stream.stream} ${key}`, figures, history));
}

function courses(key, figures, history) {
  const seen = history.get(key) ?? { packets: new Series(kept), jitter: new Series(kept), last: null };
  history.set(key, seen);
  const now = performance.now();
  const rate = seen.last ? (figures.packets - seen.last.packets) / ((now - seen.last.at) / 1000) : null;
  seen.last = { packets: figures.packets, at: now };
  if (rate === null) return null;
  const packets = seen.packets.add(Math.max(0, rate));
  const jitter = seen.jitter.add(figures.rtp?.jitter_seconds === undefined ? null : figures.rtp.jitter_seconds * 1000);
  return h("div", { class: "courses" },
    h("figure", {}, line(packets, { label: "Packets a second", most: 50 }), h("figcaption", {}, `${fixed(packets.at(-1), 0)} packets/s`)),
    h("figure", {}, line(jitter, { label: "Jitter in ms", most: 10 }), h("figcaption", {}, `${fixed(jitter.at(-1))} ms jitter`)));
}
