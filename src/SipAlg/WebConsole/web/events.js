// Server-sent events of the gateway, one stream for all pages. An event is a hint that something is new: a page asks
// for what it shows, at most once a second, however many calls begin and end.

const path = "/api/v1/events";
const kinds = ["call", "registration", "peer", "reload", "ban"];
const retry = 3000;
const pace = 1000;
const pollWithout = 3000;
const pollWith = 15000;

const bus = new EventTarget();
let stream = null;
let timer = 0;

export const isLive = () => stream?.readyState === 1;

/** Told whenever isLive changes. */
export const onLive = (tell, signal) => bus.addEventListener("live", tell, { signal });

export function connect() {
  clearTimeout(timer);
  stream?.close();
  stream = new EventSource(path);
  stream.onopen = () => bus.dispatchEvent(new Event("live"));
  stream.onerror = () => {
    bus.dispatchEvent(new Event("live"));
    if (stream.readyState === 2) timer = setTimeout(connect, retry);
  };
  for (const kind of kinds) {
    stream.addEventListener(kind, message => bus.dispatchEvent(new MessageEvent(kind, { data: message.data })));
  }
  // Events are missing: whatever is shown may be old.
  stream.addEventListener("lost", () => bus.dispatchEvent(new Event("live")));
}

export function disconnect() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
  bus.dispatchEvent(new Event("live"));
}

/** Calls tell(event) for each event of this kind. */
export const on = (kind, tell, signal) => bus.addEventListener(kind, message => tell(JSON.parse(message.data)), { signal });

/**
 * Runs work now, when an event of these kinds has come (once a second at most), and now and then: more often without
 * events. One run at a time; a page in the background rests. @returns the promise of the first run.
 */
export function keepFresh(work, wanted, signal, poll = pollWith) {
  let isBusy = false;
  let isWanted = false;
  let last = 0;
  let next = 0;

  const plan = wait => {
    clearTimeout(next);
    if (!signal.aborted) next = setTimeout(run, wait);
  };
  const rest = () => isLive() ? poll : Math.min(poll, pollWithout);
  const hint = () => {
    isWanted = true;
    if (!isBusy) plan(Math.max(0, last + pace - Date.now()));
  };
  const run = async () => {
    if (isBusy || signal.aborted) return;
    if (document.hidden) return plan(pace);
    [isBusy, isWanted] = [true, false];
    try {
      await work();
    } finally {
      [isBusy, last] = [false, Date.now()];
      plan(isWanted ? pace : rest());
    }
  };

  for (const kind of wanted) bus.addEventListener(kind, hint, { signal });
  bus.addEventListener("live", hint, { signal });
  signal.addEventListener("abort", () => clearTimeout(next));
  return run();
}
