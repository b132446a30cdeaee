// The dialplan: what would become of a request, and which routes there are.

import { isAborted, request } from "../api.js";
import { h, put } from "../dom.js";
import { pages } from "../paging.js";
import { badge, card, facts, pageHead, suggestions } from "../parts.js";
import { requery } from "../router.js";
import { table } from "../table.js";
import * as yaml from "../yaml.js";

const fields = [
  ["called", "Called number", "0301234567"], ["caller", "Caller", ""], ["peer", "From peer", ""], ["realm", "In realm", ""], ["user", "As user", ""],
  ["domain", "Domain", ""], ["method", "Method", "INVITE"], ["source", "Source address", ""], ["at", "At", "now"],
];

export function show(root, { query, signal }) {
  const answer = h("div", { "aria-live": "polite" });
  const routes = table({
    label: "Routes in force", signal, key: route => route.number, empty: "The dialplan has no routes.",
    columns: [
      { title: "", class: "num", of: route => String(route.number) },
      { title: "Route", class: "number", of: route => h("span", {}, route.name, " ", route.emergency ? badge("emergency", "warn") : null) },
      { title: "When", of: route => h("code", {}, route.written?.when ? yaml.line(route.written.when) : "always") },
      { title: "Then", wide: 1, of: route => h("code", {}, then(route.written)) },
      { title: "Written at", wide: 2, of: route => h("code", {}, `${route.file}:${route.line}`) },
    ],
  });
  const find = h("form", { class: "filters", role: "search", "aria-label": "Routes" }, [["route", "Route", "part of its name"], ["number", "Its called number", "part of it"]].map(([name, title, hint]) =>
    h("label", {}, title, h("input", { name, type: "search", placeholder: hint, autocomplete: "off", spellcheck: "false" }))));
  const list = pages({ path: "/api/v1/dialplan", ask: () => ({ name: find.elements.route.value, called: find.elements.number.value }), table: routes, kinds: ["reload"], signal });
  find.addEventListener("submit", event => event.preventDefault());
  find.addEventListener("input", list.first);
  const form = h("form", { class: "ask" }, fields.map(([name, title, hint]) =>
    h("label", {}, title, h("input", { name, value: query.get(name) ?? "", placeholder: hint, list: name === "peer" ? "peer-names" : null, autocomplete: "off", spellcheck: "false", "data-search": name === "called", required: name === "called" }))),
    h("button", { class: "primary" }, "Try it"), suggestions("peer-names", "/api/v1/peers", signal));
  form.addEventListener("submit", event => {
    event.preventDefault();
    const asked = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    requery(Object.fromEntries(fields.map(([name]) => [name, asked[name]])));
    run(asked, answer, signal);
  });
  root.append(pageHead("Dialplan"), card("Dry run", h("p", { class: "empty" }, "Which route would a request take, and why did the others not match? Nothing is sent."), form), answer,
    h("section", {}, h("h2", { class: "over-table" }, "Routes in force"), find, routes.element, list.element));
  if (query.get("called")) form.requestSubmit();
  return list.ready;
}

/** What a route does with a request that it matches. */
const then = written => written?.reject ? `reject ${yaml.line(written.reject)}` : written?.to ? `to ${yaml.line(written.to)}` : "";

async function run(asked, answer, signal) {
  try {
    put(answer, result(await request("POST", "/api/v1/route", { body: asked, signal })));
  } catch (fault) {
    if (!isAborted(fault)) put(answer, card(null, h("p", {}, badge("not asked", "bad"), " ", fault.message)));
  }
}

function result(told) {
  const passed = told.passed.map(({ route, at, reason }) => h("tr", { class: "no" }, h("td", {}, badge("no")), h("td", {}, route), h("td", {}, reason), h("td", { class: "wide1" }, h("code", {}, at))));
  const matched = told.route === null ? [] : [h("tr", { class: "yes" }, h("td", {}, badge("yes", "ok")), h("td", { class: "number" }, told.route),
    h("td", {}, told.emergency ? "every condition holds; emergency" : "every condition holds"), h("td", { class: "wide1" }, h("code", {}, told.at)))];
  return card(null,
    h("h2", { class: "outcome" }, told.routed ? badge("routed", "ok") : badge("rejected", "bad"), " ", heading(told)),
    facts(changes(told.changes)),
    h("div", { class: "table routes" }, h("table", { "aria-label": "Routes in their order" },
      h("thead", {}, h("tr", {}, ["Matches", "Route", "Why"].map(title => h("th", { scope: "col" }, title)), h("th", { scope: "col", class: "wide1" }, "Written at"))),
      h("tbody", {}, passed, matched))));
}

function heading({ routed, rejection, targets }) {
  if (!routed) return `${rejection.status} ${rejection.reason ?? ""}`;
  return targets.map((target, index) => `${index === 0 ? "to " : target.with_previous ? " together with " : ", then to "}${target.target}${target.address ? ` at ${target.address}` : ""}`
    + `${target.no_answer_seconds ? `, ${target.no_answer_seconds} s to answer` : ""}${target.weight ? `, weight ${target.weight}` : ""}`).join("");
}

/** What the route sets on the way. */
const changes = set => [
  ["Called becomes", set.called], ["Caller becomes", set.caller], ["Name becomes", set.caller_name], ["Domain becomes", set.domain], ["Privacy", set.privacy?.join(", ")],
  ...set.headers.map(({ name, value }) => [name, value ?? "removed"]),
];
