// Figures and times as people read them.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short" });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const none = "–";

/** 14:03:09, with the day in front where it is another. */
export function time(text) {
  if (!text) return none;
  const at = new Date(text);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

/** 14:03:09.250 */
export const exactTime = text => text ? `${clock.format(new Date(text))}.${String(new Date(text).getUTCMilliseconds()).padStart(3, "0")}` : none;

/** 4:07, 1:02:33 */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return none;
  const full = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(full / 3600), Math.floor(full / 60) % 60, full % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

export const since = text => text ? (Date.now() - new Date(text).getTime()) / 1000 : null;

/** in 4 min, 20 s ago */
export function relative(text) {
  if (!text) return none;
  const seconds = Math.round((new Date(text).getTime() - Date.now()) / 1000);
  const size = Math.abs(seconds);
  const amount = size < 90 ? `${size} s` : size < 5400 ? `${Math.round(size / 60)} min` : size < 172800 ? `${Math.round(size / 3600)} h` : `${Math.round(size / 86400)} days`;
  return seconds >= 0 ? `in ${amount}` : `${amount} ago`;
}

export const count = value => value === null || value === undefined ? none : whole.format(value);

export const fixed = (value, digits = 1) => value === null || value === undefined || Number.isNaN(value) ? none : value.toFixed(digits);

/** 0.987 as 98.7 % */
export const percent = (ratio, digits = 1) => ratio === null || ratio === undefined ? none : `${(ratio * 100).toFixed(digits)} %`;

export const milliseconds = (seconds, digits = 1) => seconds === null || seconds === undefined ? none : `${(seconds * 1000).toFixed(digits)} ms`;

/** no_route as "no route" */
export const words = code => code ? code.replaceAll("_", " ") : none;
