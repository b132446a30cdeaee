// Pages by the part of the address behind "#": /calls?state=ended. A page is a function (root, visit) that fills the
// root, and gives a promise if that takes time; visit.signal is aborted when it is left, and what it has begun ends with that.

const pages = [];
let leave = null;
let root = null;

/** @param pattern groups of it are visit.params. */
export const page = (pattern, title, show) => pages.push({ pattern, title, show });

export function start(element) {
  root = element;
  addEventListener("hashchange", go);
  go();
}

export const go = () => open(location.hash.slice(1) || "/");

/** What the address says now. */
export function here() {
  const [path, query] = (location.hash.slice(1) || "/").split("?", 2);
  return { path, query: new URLSearchParams(query ?? "") };
}

/** Another query of the same page, without a step in the browser's history. */
export function requery(changes) {
  const { path, query } = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, "", `#${path}${text ? `?${text}` : ""}`);
}

function open(address) {
  leave?.abort();
  leave = new AbortController();
  const { path, query } = here();
  const found = pages.find(candidate => candidate.pattern.test(path)) ?? pages[0];
  const params = path.match(found.pattern)?.slice(1).map(decodeURIComponent) ?? [];
  document.title = `${found.title} · SipAlg`;
  root.replaceChildren();
  root.dataset.page = found.title.toLowerCase();
  const { signal } = leave;
  root.ariaBusy = "true";
  Promise.resolve(found.show(root, { params, query, signal, address })).finally(() => { if (!signal.aborted) root.ariaBusy = "false"; });
  root.focus({ preventScroll: true });
  scrollTo(0, 0);
  dispatchEvent(new CustomEvent("visited", { detail: path }));
}
