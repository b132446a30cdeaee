// The ladder of a call: every party a line, every message an arrow between it and the gateway, in their order.

import { s } from "./dom.js";
import { exactTime } from "./format.js";
import * as sip from "./sip.js";

const rung = 30;
const head = 50;
/** Room of the times, and of a party at least: less of both on a phone. */
const sizes = room => room < 560 ? { gutter: 46, narrowest: 84 } : { gutter: 66, narrowest: 124 };
const mostChars = 34;

/** Who takes part: the caller's side, the gateway, then the others as they appear. */
export function parties(messages) {
  const remotes = [];
  for (const message of messages) {
    const key = `${message.realm} ${message.remote}`;
    if (!remotes.some(remote => remote.key === key)) remotes.push({ key, realm: message.realm, address: message.remote });
  }
  const [caller, ...others] = remotes;
  return caller ? [caller, { key: null, realm: "SipAlg", address: "" }, ...others] : [];
}

/**
 * @param rungs in the order of time: { at, from, to, label, tone, kind: "message" | "media", message }; from and to are keys of parties.
 * @param pick told the index of a rung that the reader wants to see.
 * @returns { element, select(index) }
 */
export function ladder({ all, rungs, room, pick }) {
  const { gutter, narrowest } = sizes(room);
  const step = Math.max(narrowest, Math.floor((room - gutter) / Math.max(2, all.length)));
  const x = key => gutter + step * (all.findIndex(party => party.key === key) + 0.5);
  const width = gutter + step * all.length;
  const height = head + rungs.length * rung + 16;
  const groups = rungs.map((item, index) => arrow(item, index, { x, step, width, began: rungs[0].at }));
  const element = s("svg", { class: "ladder", width, height, viewBox: `0 0 ${width} ${height}`, role: "listbox", "aria-label": "Messages of the call" },
    all.map(party => column(party, x(party.key), height, step)), groups);
  let chosen = -1;

  const select = (index, isAsked = true) => {
    if (index < 0 || index >= groups.length) return;
    groups[chosen]?.setAttribute("aria-selected", "false");
    groups[chosen]?.setAttribute("tabindex", "-1");
    chosen = index;
    groups[index].setAttribute("aria-selected", "true");
    groups[index].setAttribute("tabindex", "0");
    if (isAsked) pick(index);
  };

  groups[0]?.setAttribute("tabindex", "0");
  groups.forEach((group, index) => {
    group.addEventListener("click", () => select(index));
    group.addEventListener("keydown", event => event.key === "Enter" || event.key === " " ? (event.preventDefault(), select(index)) : null);
    group.addEventListener("focus", () => group.setAttribute("tabindex", "0"));
  });
  const move = by => {
    const next = Math.min(groups.length - 1, Math.max(0, chosen + by));
    select(next);
    groups[next]?.focus({ preventScroll: true });
    groups[next]?.scrollIntoView({ block: "nearest" });
  };
  const focus = () => groups[chosen]?.focus({ preventScroll: true });
  return { element, select, move, focus, get chosen() { return chosen; } };
}

function column(party, at, height, step) {
  const isGateway = party.key === null;
  return s("g", { class: isGateway ? "party gateway" : "party" },
    s("line", { class: "lifeline", x1: at, x2: at, y1: head - 8, y2: height }),
    s("text", { class: "name", x: at, y: 18, "text-anchor": "middle" }, cut(party.realm, step / 8)),
    s("text", { class: "address", x: at, y: 33, "text-anchor": "middle" }, cut(party.address || "gateway", step / 6.5)), s("title", {}, `${party.realm} ${party.address}`.trim()));
}

function arrow(item, index, { x, step, width, began }) {
  const y = head + (index + 0.5) * rung + 5;
  const [from, to] = [x(item.from), x(item.to)];
  const way = Math.sign(to - from);
  const tip = to - way * 2;
  const middle = (from + to) / 2;
  const told = `${exactTime(item.at)} ${item.label}`;
  return s("g", { class: `rung ${item.kind} ${item.tone}`, role: "option", tabindex: "-1", "aria-selected": "false", "aria-label": told },
    s("rect", { class: "hit", x: 0, y: y - rung / 2 - 5, width, height: rung, rx: 4 }),
    s("text", { class: "at", x: 4, y: y - 1 }, elapsed(item.at, began)),
    s("line", { class: "shaft", x1: from, x2: tip - way * 5, y1: y, y2: y }),
    s("path", { class: "tip", d: `M${tip} ${y}l${-way * 8} -4v8z` }),
    s("text", { class: "what", x: middle, y: y - 5, "text-anchor": "middle" }, cut(item.label, Math.min(mostChars, (Math.abs(to - from) - 6) / 6.3))),
    s("title", {}, told));
}

/** Milliseconds at first, seconds later. */
function elapsed(at, began) {
  const seconds = (new Date(at) - new Date(began)) / 1000;
  return `+${seconds.toFixed(seconds < 10 ? 3 : seconds < 1000 ? 2 : 0)}`;
}

const cut = (text, most) => text.length <= most ? text : `${text.slice(0, Math.max(1, Math.floor(most) - 1))}…`;

/** The rungs of a call's messages, and of the first packets of its media among them. */
export function rungsOf(call) {
  const rungs = call.messages.map(message => {
    const parsed = sip.parse(message.message);
    const key = `${message.realm} ${message.remote}`;
    const marks = [sip.sdp(parsed) ? "SDP" : "", message.repeated ? "again" : "", message.unsent ? "not sent" : ""].filter(Boolean).join(", ");
    return {
      at: message.at, kind: message.repeated ? "message repeated" : message.unsent ? "message unsent" : "message", tone: sip.tone(parsed),
      from: message.direction === "in" ? key : null, to: message.direction === "in" ? null : key,
      label: marks ? `${sip.label(parsed)} · ${marks}` : sip.label(parsed), message, parsed,
    };
  });
  return [...rungs, ...mediaOf(call, rungs)].sort((one, other) => new Date(one.at) - new Date(other.at));
}

/** Where media came from each side for the first time: on the line of the party whose signalling came last from there. */
function mediaOf(call, rungs) {
  const caller = rungs[0]?.from;
  const callee = rungs.filter(({ parsed, message }) => message.direction === "in" && parsed.status >= 200 && parsed.status < 300 && parsed.method === "INVITE").at(-1)?.from;
  return (call.media ?? []).flatMap(stream => [[stream.from_caller, caller], [stream.from_callee, callee]]
    .filter(([figures, key]) => figures?.first && key)
    .map(([figures, key]) => ({ at: figures.first, kind: "media", tone: "", from: key, to: null, label: `first ${stream.type}`, figures })));
}
