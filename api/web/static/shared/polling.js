// Asks the gateway at intervals, one request at a time, and never cancels the page that the browser is opening.

const STALE = 30_000; // ms: a download or a cancelled navigation leaves this page open, and it goes on
let left = -Infinity;
addEventListener("beforeunload", () => { left = performance.now(); });
addEventListener("pageshow", () => { left = -Infinity; });

const isLeaving = () => performance.now() - left < STALE;

/** Replace this page, unless the browser is opening another: a second navigation cancels the first. */
export function replacePage(url) {
  if (isLeaving()) return;
  left = performance.now();
  location.replace(url);
}

/** Await `ask` every `pause` ms after its last answer, while this page stays. */
export function poll(ask, pause) {
  const next = () => setTimeout(round, pause);
  const round = () => (isLeaving() ? next() : ask().finally(next));
  next();
}

/** The same, and only while the page can be seen. */
export function pollVisible(ask, pause) {
  poll(async () => { if (!document.hidden) await ask(); }, pause);
}
