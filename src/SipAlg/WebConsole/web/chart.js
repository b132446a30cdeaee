// Small charts, as SVG, from plain lists of numbers.

import { s } from "./dom.js";

const [width, height, pad] = [240, 56, 3];

/**
 * A line over time, filled below. Gaps (null) interrupt it.
 * @param values the newest last. @param most of the axis; by default the largest value.
 */
export function line(values, { label, most = null, least = 0, marks = [] } = {}) {
  const known = values.filter(value => value !== null && value !== undefined);
  const top = Math.max(most ?? 0, ...known, least + 1e-9);
  const x = index => values.length < 2 ? width : index * width / (values.length - 1);
  const y = value => height - pad - (value - least) / (top - least) * (height - 2 * pad);
  const runs = split(values, x, y);
  return s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    marks.filter(mark => mark >= least && mark <= top).map(mark => s("line", { class: "mark", x1: 0, x2: width, y1: y(mark), y2: y(mark) })),
    runs.map(run => [
      s("path", { class: "area", d: `M${run[0][0]} ${height}L${run.map(point => point.join(" ")).join("L")}L${run.at(-1)[0]} ${height}Z` }),
      s("path", { class: "line", d: `M${run.map(point => point.join(" ")).join("L")}` }),
    ]));
}

function split(values, x, y) {
  const runs = [];
  let run = null;
  values.forEach((value, index) => {
    if (value === null || value === undefined) {
      run = null;
    } else {
      if (!run) runs.push(run = []);
      run.push([x(index).toFixed(1), y(value).toFixed(1)]);
    }
  });
  // A single point would be no line.
  return runs.map(points => points.length > 1 ? points : [points[0], [Number(points[0][0]) + 1, points[0][1]]]);
}

/** A bar that is full at most; warns as it fills, unless full is good. */
export function meter(value, most, label, warns = true) {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  return s("svg", { class: !warns || share < 0.75 ? "meter" : share > 0.9 ? "meter bad" : "meter warn", viewBox: "0 0 100 4", preserveAspectRatio: "none", role: "img", "aria-label": label },
    s("rect", { class: "back", width: 100, height: 4, rx: 1 }),
    s("rect", { class: "fill", width: (share * 100).toFixed(1), height: 4, rx: 1 }));
}
