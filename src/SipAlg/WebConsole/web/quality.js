// How a call's media did, for each stream and direction: figures, and their course from the answer on.

import { line } from "./chart.js";
import { h } from "./dom.js";
import { count, fixed, milliseconds, none, percent } from "./format.js";
import { badge, card } from "./parts.js";

const scores = [[4.0, "ok", "good"], [3.6, "ok", "fair"], [3.1, "warn", "poor"], [0, "bad", "bad"]];

function scored(mos) {
  if (mos === null || mos === undefined) return none;
  const [, tone, word] = scores.find(([least]) => mos >= least);
  return badge(`${fixed(mos, 2)} ${word}`, tone);
}

export function quality(call) {
  if (!call.media?.length) return null;
  return card("Media", h("div", { class: "streams" }, call.media.flatMap(stream =>
    [["from_caller", "from the caller"], ["from_callee", "from the callee"]].map(([key, title]) => direction(stream, key, title)))));
}

function direction(stream, key, title) {
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
    figures.series ? courses(figures.series) : null);
}

/** A number a step each; the last step may be a short one. */
function courses(series) {
  const length = (Date.parse(series.to) - Date.parse(series.from)) / 1000;
  const last = Math.max(0.001, length - (series.packets.length - 1) * series.step_s);
  const rate = series.packets.map((packets, index) => packets / (index < series.packets.length - 1 ? series.step_s : last));
  return h("div", { class: "courses" },
    course(rate, "packets/s", 0, { most: 50 }),
    course(series.jitter_ms, "ms jitter", 1, { most: 10 }),
    course(series.loss_ratio.map(ratio => ratio === null ? null : ratio * 100), "% lost", 1, { most: 2 }),
    course(series.mos, "MOS", 2, { least: 1, most: 4.5, marks: [3.6] }));
}

function course(values, unit, digits, axis) {
  const known = values.filter(value => value !== null);
  if (known.length === 0) return null;
  return h("figure", {}, line(values, { label: `${unit} in the course of the call`, ...axis }), h("figcaption", {}, `${fixed(known.at(-1), digits)} ${unit}`));
}
