// A table whose rows come and change under the reader's hands: a row keeps its element, and so its focus, as long as
// its key stays. j, k and the arrows move, Enter opens.

import { h, say } from "./dom.js";
import * as keys from "./keys.js";

/**
 * @param columns each { title, of(item), class, wide }: of gives text or an element; wide 1 is left out on a phone, 2 on all
 *   but a large screen.
 * @param key of an item, unique in the table.
 * @param open what Enter and a click do; null for nothing.
 * @param empty what is said of no items.
 */
export function table({ label, columns, key, open = null, tone = null, empty, signal }) {
  const body = h("tbody");
  const head = h("tr", {}, columns.map(column => h("th", { scope: "col", class: classOf(column) }, column.title)));
  const nothing = h("p", { class: "empty", hidden: true }, empty);
  const element = h("div", { class: "table" }, h("table", { "aria-label": label, class: open ? "opens" : "" }, h("thead", {}, head), body), nothing);
  const rows = new Map();

  const make = item => {
    const row = h("tr", { tabindex: "-1" }, columns.map(column => h("td", { class: classOf(column) })));
    row.addEventListener("focus", () => reach(row));
    if (open) {
      row.addEventListener("click", event => event.target.closest("a, button") || getSelection().toString() ? null : open(rows.get(row.dataset.key).item));
    }
    row.dataset.key = key(item);
    return row;
  };

  const reach = row => {
    for (const other of body.querySelectorAll("tr[tabindex='0']")) other.tabIndex = -1;
    row.tabIndex = 0;
  };

  const update = items => {
    const wanted = new Map(items.map(item => [String(key(item)), item]));
    for (const [id, { row }] of rows) {
      if (wanted.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    let place = body.firstElementChild;
    for (const [id, item] of wanted) {
      const row = rows.get(id)?.row ?? make(item);
      rows.set(id, { row, item });
      write(row, item);
      if (row === place) place = place.nextElementSibling;
      else body.insertBefore(row, place);
    }
    if (body.firstElementChild && !body.querySelector("tr[tabindex='0']")) reach(body.firstElementChild);
    nothing.hidden = items.length > 0;
  };

  const write = (row, item) => {
    const mood = tone?.(item) ?? "";
    if (row.className !== mood) row.className = mood;
    columns.forEach((column, index) => {
      const cell = row.cells[index];
      const value = column.of(item);
      if (!(value instanceof Node)) say(cell, value);
      else if (!cell.firstChild?.isEqualNode?.(value)) cell.replaceChildren(value);
    });
  };

  const move = step => {
    const all = [...body.rows];
    if (all.length === 0) return;
    const at = all.indexOf(document.activeElement?.closest?.("tr"));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  keys.here("j", "Next row (or ↓)", () => move(1), signal);
  keys.here("k", "Row before (or ↑)", () => move(-1), signal);
  keys.here("ArrowDown", "", () => move(1), signal);
  keys.here("ArrowUp", "", () => move(-1), signal);
  if (open) keys.here("Enter", "Open the row", event => event.target.click?.(), signal);
  const refresh = () => rows.forEach(({ row, item }) => write(row, item));
  return { element, update, refresh };
}

const classOf = column => [column.class, column.wide ? `wide${column.wide}` : ""].filter(Boolean).join(" ");
