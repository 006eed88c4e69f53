// Polls the page while it waits for a person, the lock or the registry: replaces the parts marked data-live, and reloads
// the page when the awaited step is done.

import { refreshAges } from "./ages.js";
import { pollVisible, replacePage } from "./polling.js";

const EVERY = 3000;
const SLOWLY = 15000; // no step is awaited: many tenants may share one IP address and its rate limit
const awaited = (page) => [...page.querySelectorAll("[data-wait]")].map((part) => part.dataset.wait).join(";");
const isBusy = () => document.querySelector("details[open], .hold[aria-disabled], .hold.held") !== null;

/** Replace the parts marked data-live by those of `fresh`, a new copy of the page. */
export function replaceLiveParts(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (now) part.replaceChildren(...now.childNodes);
  }
  refreshAges();
}

/** Fetch this page and show its changes. */
export async function refresh() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return; // offline or refused: keep the page; its age grows until a refresh succeeds
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected) replacePage(answer.url);
  else if (awaited(fresh) === awaited(document)) replaceLiveParts(fresh);
  else if (!isBusy()) replacePage(location.pathname);
}

const slow = document.querySelector("[data-pace=slow]") !== null;
if (awaited(document)) pollVisible(refresh, slow ? SLOWLY : EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden && awaited(document)) refresh(); });
