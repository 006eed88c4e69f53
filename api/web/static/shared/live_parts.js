// While something is awaited (a person, the lock, the registry) the page looks again: parts marked data-live are put in
// place as they are now; where what is awaited has come, the page is opened anew.

import { refreshAges } from "./ages.js";

const EVERY = 3000;
const SLOWLY = 15000; // nothing is awaited, only kept fresh: many tenants may share one address and its rate limit
const awaited = (page) => [...page.querySelectorAll("[data-wait]")].map((part) => part.dataset.wait).join(";");
const isBusy = () => document.querySelector("details[open], .hold[aria-disabled], .hold.held") !== null;

/** Put the parts marked data-live in place as they are on a fresh copy of the page. */
export function replaceLiveParts(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (now) part.replaceChildren(...now.childNodes);
  }
  refreshAges();
}

/** Ask the server for this page and show what has changed. */
export async function refresh() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return; // offline or refused: what is shown stays, its age grows, the next refresh may succeed
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected) location.replace(answer.url);
  else if (awaited(fresh) === awaited(document)) replaceLiveParts(fresh);
  else if (!isBusy()) location.replace(location.pathname);
}

const slow = document.querySelector("[data-pace=slow]") !== null;
if (awaited(document)) setInterval(() => { if (!document.hidden) refresh(); }, slow ? SLOWLY : EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden && awaited(document)) refresh(); });
