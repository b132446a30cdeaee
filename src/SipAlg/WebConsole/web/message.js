// One message of a call: its text, and what the gateway made of it on the other side.

import * as diff from "./diff.js";
import { h, put } from "./dom.js";
import { exactTime } from "./format.js";
import * as sip from "./sip.js";

/** The same message on the other side of the gateway: the next that went out, or the last that came in, of its kind. */
export function partner(rungs, index) {
  const { message, parsed } = rungs[index];
  const isSame = other => other.message && other.message.direction !== message.direction && other.message.remote !== message.remote && !other.message.repeated
    && other.parsed.isRequest === parsed.isRequest && other.parsed.method === parsed.method && Math.floor(other.parsed.status / 100) === Math.floor(parsed.status / 100)
    && Boolean(sip.sdp(other.parsed)) === Boolean(sip.sdp(parsed));
  const found = message.direction === "in" ? rungs.slice(index + 1).find(isSame) : rungs.slice(0, index).findLast(isSame);
  return found ?? null;
}

/** @returns the panel for the rung at index. */
export function panel(rungs, index) {
  const { message, parsed } = rungs[index];
  const other = partner(rungs, index);
  const [before, after] = message.direction === "in" ? [rungs[index], other] : [other, rungs[index]];
  const view = h("div", { class: "view" });
  const tabs = [["Text", () => text(parsed)]];
  if (other && sip.sdp(parsed)) tabs.push(["SDP changes", () => compared(before, after, sip.sdp)]);
  if (other) tabs.push(["All changes", () => compared(before, after, (_, rung) => rung.message.message)]);
  return h("section", { class: "message", "aria-label": "Message" },
    h("header", {},
      h("h3", {}, sip.label(parsed)),
      h("p", { class: "route" },
        exactTime(message.at), " · ", message.transport.toUpperCase(), " · ",
        message.direction === "in" ? `${message.remote} → ${message.local}` : `${message.local} → ${message.remote}`,
        message.repeated ? " · sent before" : "", message.unsent ? " · the network did not take it" : "")),
    tabList(tabs, view), view);
}

/** The tab that the reader chose stays chosen from message to message. */
let favourite = "Text";

function tabList(tabs, view) {
  const buttons = tabs.map(([name, make]) => h("button", { type: "button", role: "tab", onclick: () => choose(name, make) }, name));
  const choose = (name, make) => {
    favourite = name;
    tabs.forEach(([other], index) => buttons[index].setAttribute("aria-selected", String(other === name)));
    put(view, make());
  };
  const first = tabs.find(([name]) => name === favourite) ?? tabs[0];
  const kept = favourite;
  choose(...first);
  favourite = kept;
  return h("div", { class: "tabs", role: "tablist" }, buttons);
}

function text({ start, headers, body }) {
  return h("pre", { class: "sip", tabindex: "0" },
    h("b", {}, start), "\n",
    headers.map(([name, value]) => [h("span", { class: "key" }, `${name}:`), ` ${value}\n`]),
    body ? `\n${body}` : "");
}

function compared(before, after, part) {
  const [was, is] = [part(before.parsed, before), part(after.parsed, after)].map(text => text.replaceAll("\r", "").trimEnd());
  return [
    h("p", { class: "between" }, h("del", {}, `${before.message.realm} ${before.message.remote}`), h("ins", {}, `${after.message.realm} ${after.message.remote}`)),
    was === is ? h("p", { class: "empty" }, "It crossed as it was.") : diff.view(was, is),
  ];
}
