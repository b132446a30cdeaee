// The console: signs in, builds the frame, and shows the page that the address names.

import { get, request, signedOut } from "./api.js";
import { h, put, say } from "./dom.js";
import * as events from "./events.js";
import * as keys from "./keys.js";
import { note } from "./notes.js";
import { icon } from "./parts.js";
import * as router from "./router.js";
import * as audit from "./pages/audit.js";
import * as bans from "./pages/bans.js";
import * as call from "./pages/call.js";
import * as calls from "./pages/calls.js";
import * as configuration from "./pages/configuration.js";
import * as dialplan from "./pages/dialplan.js";
import * as login from "./pages/login.js";
import * as overview from "./pages/overview.js";
import * as peers from "./pages/peers.js";
import * as registrations from "./pages/registrations.js";

const frame = document.getElementById("frame");
const main = document.getElementById("main");

/** Title, place, drawing, second key after "g", page. */
const places = [
  ["Overview", "/", "overview", "o", overview],
  ["Calls", "/calls", "calls", "c", calls],
  ["Registrations", "/registrations", "registrations", "r", registrations],
  ["Peers", "/peers", "peers", "p", peers],
  ["Bans", "/bans", "bans", "b", bans],
  ["Dialplan", "/dialplan", "dialplan", "d", dialplan],
  ["Configuration", "/configuration", "configuration", "f", configuration],
  ["Audit", "/audit", "audit", "a", audit],
];

for (const [title, place, , key, page] of places) {
  router.page(new RegExp(`^${place}$`), title, page.show);
  keys.everywhere(`g ${key}`, title, () => { location.hash = `#${place}`; });
}
router.page(/^\/calls\/([0-9a-f]+)$/, "Call", call.show);

keys.everywhere("/", "Search", search);
keys.everywhere("t", "Light or dark", turn);
keys.everywhere("?", "These keys", keys.help);

function search() {
  const field = main.querySelector("[data-search]");
  if (field) {
    field.focus();
    field.select();
  } else {
    addEventListener("visited", () => main.querySelector("[data-search]")?.focus(), { once: true });
    location.hash = "#/calls";
  }
}

function turn() {
  const isDark = window.sipalgTheme.get() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  window.sipalgTheme.set(isDark === "dark" ? "light" : "dark");
}

function build(session) {
  const live = h("span", { class: "live" }, "");
  const tell = () => {
    live.classList.toggle("on", events.isLive());
    say(live, events.isLive() ? "live" : "connecting");
  };
  const links = places.map(([title, place, drawing], index) =>
    h("a", { href: `#${place}`, "data-place": place, class: index === 5 ? "apart" : null }, icon(drawing), title));
  const brand = () => h("a", { class: "brand", href: "#/" }, h("img", { src: "/console/icon.svg", alt: "" }), "SipAlg");
  const side = h("div", { class: "side", id: "side" }, brand(), h("nav", { "aria-label": "Pages" }, links),
    h("div", { class: "foot" }, live, session.may_change ? null : h("span", {}, "may look, not change"),
      h("div", { class: "row" },
        h("button", { type: "button", onclick: turn, "aria-label": "Light or dark" }, icon("theme")),
        h("button", { type: "button", onclick: keys.help }, "Keys ", h("kbd", {}, "?")),
        session.is_open ? null : h("button", { type: "button", onclick: leave }, "Log out"))));
  const menu = h("button", { type: "button", "aria-label": "Pages", "aria-controls": "side", "aria-expanded": "false", onclick: () => toggle(!side.classList.contains("open")) }, icon("menu"));
  const toggle = isOpen => {
    side.classList.toggle("open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  };
  main.addEventListener("click", () => toggle(false));
  put(frame, h("div", { class: "bar" }, brand(), menu), side);
  events.onLive(tell);
  tell();
  addEventListener("visited", ({ detail }) => {
    toggle(false);
    for (const link of links) {
      const place = link.dataset.place;
      if (place === detail || (place !== "/" && detail.startsWith(`${place}/`))) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  });
}

async function leave() {
  await request("POST", "/api/v1/logout").catch(() => null);
  location.reload();
}

function enter(session) {
  document.body.dataset.may = session.may_change ? "change" : "look";
  build(session);
  events.connect();
  keys.start();
  router.start(main);
  signedOut.addEventListener("signedout", () => location.reload(), { once: true });
}

async function begin() {
  try {
    const session = await get("/api/v1/session");
    if (session.logged_in) enter(session);
    else login.show(main, enter);
  } catch (fault) {
    note(fault.message, "bad");
  }
}

begin();
