// The difference of two texts, line by line.

import { h } from "./dom.js";

/** Cells of the table that are worth their memory; messages have some tens of lines. */
const most = 1_000_000;

/** By the longest common subsequence. @returns pairs of same, gone or new, and the line. */
export function lines(before, after) {
  const [a, b] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  if (a.length * b.length > most) return [...a.map(line => ["gone", line]), ...b.map(line => ["new", line])];
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const result = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      result.push(["same", a[i]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) {
      result.push(["gone", a[i++]]);
    } else {
      result.push(["new", b[j++]]);
    }
  }
  return result;
}

const signs = { same: " ", gone: "−", new: "+" };

export const view = (before, after) => h("pre", { class: "diff", tabindex: "0" },
  lines(before, after).map(([kind, text]) => h(kind === "gone" ? "del" : kind === "new" ? "ins" : "span", { class: "line" }, `${signs[kind]} ${text}`)));
