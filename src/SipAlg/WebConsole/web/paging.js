// A list of the API, page by page, kept fresh while it is looked at.

import { ApiError, get, isAborted } from "./api.js";
import { h, say } from "./dom.js";
import { keepFresh } from "./events.js";
import * as keys from "./keys.js";
import { note } from "./notes.js";

const perPage = 100;

/**
 * @param path of the list; ask() gives its query. @param kinds of events that may change it.
 * @returns { element, first(), again(), ready }: back to the first page, the same page once more, and the promise of rows.
 */
export function pages({ path, ask, table, kinds, signal, limit = perPage }) {
  let cursors = [""];
  let next = null;
  let rows = 0;
  const told = h("span", { class: "told", role: "status" });
  const back = h("button", { type: "button", onclick: () => turn(-1) }, "‹ Previous");
  const on = h("button", { type: "button", onclick: () => turn(1) }, "Next ›");
  const element = h("div", { class: "paging one" }, told, back, on);

  const turn = step => {
    if (step > 0 && next) cursors.push(next);
    else if (step < 0 && cursors.length > 1) cursors.pop();
    else return;
    load();
    scrollTo(0, 0);
  };

  const show = page => {
    next = page.next ?? null;
    rows = page.items.length;
    table.update(page.items);
    [back.disabled, on.disabled] = [cursors.length === 1, !next];
    element.classList.toggle("one", cursors.length === 1 && !next);
    say(told, cursors.length === 1 && !next ? (rows ? `${rows} in all` : "") : `page ${cursors.length}, ${rows} rows`);
  };

  const load = async () => {
    const cursor = cursors.at(-1);
    try {
      const page = await get(path, { ...ask(), limit, cursor }, signal);
      if (cursor === cursors.at(-1)) show(page);
    } catch (fault) {
      if (fault instanceof ApiError && fault.status !== 401) note(fault.message, "bad");
      else if (!isAborted(fault)) say(told, "The gateway does not answer.");
    }
  };

  const ready = keepFresh(load, kinds, signal);
  keys.here("n", "Next page", () => turn(1), signal);
  keys.here("p", "Page before", () => turn(-1), signal);
  return { element, ready, again: load, first: () => { cursors = [""]; return load(); } };
}
