// The officer's list: EventSource runs in background tabs and resumes by Last-Event-ID; the server sends rendered rows.

import "../shared/ages.js";
import { poll, replacePage } from "../shared/polling.js";

const feed = document.querySelector("#feed");
const state = document.querySelector("#feed-state");
const title = document.title;
let unseen = 0;

function show(tone, text) {
  state.className = `badge ${tone}`;
  state.textContent = text;
}

function add(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // rendered and escaped by our own server
  for (const row of holder.content.querySelectorAll("tr")) {
    row.classList.add("fresh");
    feed.querySelector(`[data-record="${CSS.escape(row.dataset.record)}"]`)?.remove();
    feed.prepend(row);
    if (document.hidden) unseen += 1;
  }
  document.querySelector("#feed-empty")?.remove();
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

const source = new EventSource(`/officer/feed?after=${feed.dataset.after}`);
source.addEventListener("open", () => show("good", state.dataset.live));
source.addEventListener("error", () => show("care", state.dataset.lost));
source.addEventListener("rows", (event) => add(event.data));
document.addEventListener("visibilitychange", () => { if (!document.hidden) { unseen = 0; document.title = title; } });

// Cases and the answers to filings are not in the feed; both are few and polled.
async function lookForNews() {
  const answer = await fetch("/officer/news");
  if (answer.redirected) replacePage(answer.url); // signed out: the list does not stay on the screen
  if (!answer.ok || answer.redirected) return;
  const news = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [fresh, cases] = [news, document].map((page) => page.querySelector("#cases"));
  if (fresh.dataset.ids !== cases.dataset.ids && !cases.contains(document.activeElement)) cases.replaceWith(fresh);
  for (const update of news.querySelectorAll("[data-state-of]")) {
    const shown = feed.querySelector(`[data-state-of="${CSS.escape(update.dataset.stateOf)}"]`);
    if (shown && shown.innerHTML !== update.innerHTML) shown.replaceChildren(...update.children);
  }
}

poll(() => lookForNews().catch(() => {}), 4000);
