// One call: what is to be said of it, its ladder, its media, and why the dialplan sent it where it went.

import { ApiError, get, isAborted, request } from "../api.js";
import { h, put, renew } from "../dom.js";
import { keepFresh, on } from "../events.js";
import { count, duration, exactTime, none, since, time, words } from "../format.js";
import * as keys from "../keys.js";
import { ladder, parties, rungsOf } from "../ladder.js";
import { panel } from "../message.js";
import { ask, note } from "../notes.js";
import { badge, callBadge, card, facts, verdictTone } from "../parts.js";
import { quality } from "../quality.js";

const pollLive = 2000;

/** How often a call is still asked for when it has ended: the last messages come after its end. */
const looksAfter = 3;

export function show(root, { params: [id], signal }) {
  const parts = { head: h("div"), verdict: h("div"), ladder: h("div"), quality: h("div"), decision: h("div") };
  const visit = { id, signal, shown: "", call: null, chosen: -1, looks: looksAfter };
  root.append(...Object.values(parts));

  const load = async () => {
    if (visit.looks <= 0) return;
    try {
      const call = await get(`/api/v1/calls/${id}`, {}, signal);
      visit.call = call;
      visit.looks = call.ended ? visit.looks - 1 : looksAfter;
      draw(parts, visit);
    } catch (fault) {
      if (fault instanceof ApiError && fault.status === 404) gone(root, visit);
      else if (!isAborted(fault) && fault.status !== 401) note(fault.message, "bad");
    }
  };
  const ready = keepFresh(load, [], signal, pollLive);
  on("call", event => event.call.id === id ? load() : null, signal);
  keys.here("u", "Back to the calls", () => history.back(), signal);
  keys.here("h", "Hang up", () => visit.call && !visit.call.ended ? hangUp(id) : null, signal);
  for (const [key, text, step] of [["j", "Next message (or ↓)", 1], ["k", "Message before (or ↑)", -1], ["ArrowDown", "", 1], ["ArrowUp", "", -1]]) {
    keys.here(key, text, () => visit.view?.move(step), signal);
  }
  const watch = new ResizeObserver(() => visit.call && visit.room !== parts.ladder.clientWidth ? drawLadder(parts.ladder, visit) : null);
  watch.observe(parts.ladder);
  signal.addEventListener("abort", () => watch.disconnect());
  return ready;
}

function gone(root, visit) {
  if (visit.call) return;
  put(root, h("div", { class: "head" }, h("h1", {}, "No such call")),
    card(null, h("p", {}, `No call ${visit.id} is live or among the last that ended. Memory for calls is bounded: `, h("code", {}, "trace.memory"), " says how much there is.")));
}

function draw(parts, visit) {
  const { call } = visit;
  renew(parts.head, headOf(call));
  renew(parts.verdict, verdictOf(call));
  renew(parts.quality, quality(call));
  renew(parts.decision, decisionOf(call.decision));
  document.title = `${call.caller} → ${call.called} · SipAlg`;
  const flow = JSON.stringify([call.messages, call.media?.map(stream => [stream.from_caller?.first, stream.from_callee?.first])]);
  if (flow !== visit.shown) {
    visit.shown = flow;
    drawLadder(parts.ladder, visit);
  }
}

function headOf(call) {
  const length = call.duration_seconds ?? (call.ended ? null : since(call.answered));
  return h("div", { class: "head call" },
    h("h1", {}, h("span", {}, call.caller || none), h("span", { class: "to", "aria-label": "to" }, "→"), h("span", {}, call.called || none)),
    callBadge(call),
    h("div", { class: "buttons" },
      call.ended ? null : h("button", { type: "button", class: "danger change", id: "hang-up", onclick: () => hangUp(call.id) }, "Hang up"),
      h("a", { class: "button", href: `/api/v1/calls/${call.id}/pcap`, download: `${call.id}.pcap` }, "Download pcap")),
    facts([
      ["Started", time(call.started)], ["Set-up", call.setup_seconds === null ? null : `${call.setup_seconds} s`], ["Length", length === null ? null : duration(length)],
      ["From", call.from_user ?? call.from_peer ?? call.from_realm], ["To", call.to_user ?? call.to_peer ?? call.to_realm], ["Route", call.route],
      ["Status", call.status === null ? null : String(call.status ?? "")], ["Ended by", call.ended_by ? `${call.ended_by}, ${words(call.cause)}` : null], ["Id", h("code", {}, call.id)],
      ["Goes on in", call.continued_in ? h("a", { href: `#/calls/${call.continued_in}` }, call.continued_in) : null],
    ]));
}

function verdictOf({ verdict, state }) {
  if (!verdict) return null;
  const tone = verdictTone(verdict.code);
  return h("section", { class: `verdict ${tone || "usual"}`, "aria-label": "Verdict" },
    h("p", { class: "sentence" }, verdict.sentence),
    h("p", { class: "code" }, badge(words(verdict.code), tone), " ",
      tone === "ok" ? null : h("a", { href: `#/calls?state=${state === "refused" ? "refused" : "ended"}&verdict=${encodeURIComponent(verdict.code)}` }, "calls like this")),
    facts(Object.entries(verdict.evidence ?? {}).map(([name, value]) => [words(name), value])));
}

function drawLadder(place, visit) {
  const { call } = visit;
  if (!call.messages?.length) {
    put(place, card("Messages", h("p", { class: "empty" }, "None of its messages are kept any more.")));
    return;
  }
  visit.room = place.clientWidth;
  const hadFocus = place.contains(document.activeElement);
  const rungs = rungsOf(call);
  const detail = h("div", { class: "detail" });
  const hasRoom = visit.room >= 900;
  let isDrawn = false;
  const pick = index => {
    visit.chosen = index;
    put(detail, rungs[index].message ? panel(rungs, index) : mediaPanel(rungs[index]));
    if (!hasRoom && isDrawn) detail.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  visit.view = ladder({ all: parties(call.messages), rungs, room: hasRoom ? Math.floor(visit.room * 0.56) - 34 : visit.room - 26, pick });
  put(place, h("section", { class: "card flow" }, h("h2", {}, "Messages ", h("small", {}, `${call.messages.length}`)),
    h("div", { class: "sides" }, h("div", { class: "scroll" }, visit.view.element), detail)));
  if (visit.chosen >= 0 || hasRoom) visit.view.select(Math.max(0, Math.min(visit.chosen, rungs.length - 1)));
  else put(detail, h("p", { class: "empty" }, "Choose a message to read it."));
  if (hadFocus) visit.view.focus();
  isDrawn = true;
}

const mediaPanel = rung => h("section", { class: "message" }, h("header", {}, h("h3", {}, rung.label), h("p", { class: "route" }, exactTime(rung.at))),
  facts([["Packets since", count(rung.figures.packets)], ["Last", exactTime(rung.figures.last)]]));

function decisionOf(decision) {
  if (!decision) return null;
  return card("Dialplan",
    facts([["Route", decision.route ?? "none matched"], ["Written at", decision.at], ["Rejected with", decision.status ? String(decision.status) : null], ["Targets", decision.targets.join(", ")]]),
    decision.passed.length === 0 ? null : h("div", { class: "table" }, h("table", { "aria-label": "Routes passed over" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Passed over"), h("th", { scope: "col" }, "Why"), h("th", { scope: "col", class: "wide1" }, "At"))),
      h("tbody", {}, decision.passed.map(passed => h("tr", {}, h("td", {}, passed.route), h("td", {}, passed.reason), h("td", { class: "wide1" }, h("code", {}, passed.at))))))),
    decision.passed_left_out ? h("p", {}, `and ${count(decision.passed_left_out)} further routes, of which less held`) : null);
}

async function hangUp(id) {
  if (!await ask("Hang up this call?", "Both sides get a BYE, or an answer that ends it.", "Hang up")) return;
  try {
    await request("DELETE", `/api/v1/calls/${id}`);
    note("The call is ended.");
  } catch (fault) {
    note(fault.message, "bad");
  }
}
