// Refreshes the tester's grid every second and after each click: updates each lock's state, adds and removes locks, and
// keeps open details, focus and scroll position.

import { readAnswer } from "../shared/answers.js";
import { clearErrors, showErrors } from "../shared/error_summary.js";
import { replaceLiveParts } from "../shared/live_parts.js";
import { pollVisible, replacePage } from "../shared/polling.js";

const EVERY = 1000;
const tilesOf = (page) => [...page.querySelectorAll("#fleet > [data-lock]")];
const named = (tiles, name) => tiles.find((tile) => tile.dataset.lock === name);

function placeTiles(fresh) {
  const [here, there] = [tilesOf(document), tilesOf(fresh)];
  for (const tile of here) if (!named(there, tile.dataset.lock)) tile.remove();
  if (!here.length && there.length) replacePage(location.pathname); // an empty page has no state to lose
  let before = null;
  for (const tile of there) {
    const known = named(here, tile.dataset.lock);
    if (known) known.className = tile.className;
    else if (before) before.after(tile);
    else document.querySelector("#fleet").prepend(tile);
    before = known ?? tile;
  }
}

/** Update the active faults and behaviours. Buttons are not replaced: one may be pressed at the moment. */
function placeChoices(fresh) {
  for (const button of document.querySelectorAll("button[name=fault], button[name=behaviour]")) {
    const form = `form[action="${CSS.escape(button.form.getAttribute("action"))}"]`;
    const now = fresh.querySelector(`${form} button[value="${CSS.escape(button.value)}"]`);
    if (!now) continue;
    button.className = now.className;
    button.ariaPressed = now.ariaPressed;
  }
}

function place(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  placeTiles(fresh);
  placeChoices(fresh);
  replaceLiveParts(fresh);
  const [here, there] = [document, fresh].map((page) => page.querySelector("#recording .acts"));
  if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
}

async function refresh() {
  const answer = await fetch(location.pathname);
  if (answer.ok) place(await answer.text());
}

/** Submit a form without leaving the page; a refusal is shown above the grid. */
async function send(event) {
  const form = event.target;
  if (!form.closest("#fleet, #registry, #recording")) return;
  event.preventDefault();
  const sent = { method: "POST", headers: { Accept: "text/html" }, body: new URLSearchParams(new FormData(form, event.submitter)) };
  const { body, faults } = await readAnswer(await fetch(form.action, sent).catch(() => null), form, true);
  if (faults) return showErrors(form, faults);
  clearErrors(form);
  place(body);
}

document.addEventListener("submit", send);
pollVisible(() => refresh().catch(() => {}), EVERY);
