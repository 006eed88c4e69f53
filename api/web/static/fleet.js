// The tester's grid: the server's own tiles, fetched again every second while the page is looked at.

import { refreshAges } from "./ages.js";

const EVERY = 1000;
const fleet = document.querySelector("#fleet");

async function refresh() {
  if (document.hidden || fleet.contains(document.activeElement)) return;
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  fleet.replaceChildren(...fresh.querySelector("#fleet").children);
  document.querySelector("#fleet-count").textContent = fresh.querySelector("#fleet-count").textContent;
  refreshAges();
}

setInterval(() => refresh().catch(() => {}), EVERY);
