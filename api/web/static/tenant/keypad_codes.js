// Codes for the keypad, shown to the phone that holds the key and left on it for when there is no network.

import { dropEverything, findCodes, keepCodes } from "./key.js";
import { keepOffline } from "../shared/register_service_worker.js";

export const readCodes = () => findCodes();

/** The stay is over: nothing of it stays on the phone. */
export const forgetCodes = () => dropEverything();

/** From and until as the rest of the page writes moments: day before month, twenty-four hours. */
function period(code, zone) {
  const language = document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return format.formatRange(new Date(code.from), new Date(code.until));
}

/** The code of now and the one after it: a long stay has one for every four weeks, and nobody reads a page of them. */
export const soonest = (codes) => codes.filter((code) => Date.parse(code.until) > Date.now()).slice(0, 2);

/** Puts the codes that a signed answer told on the page. */
function showCodes(card, codes) {
  card.querySelectorAll(".passcode").forEach((line) => line.remove());
  for (const code of soonest(codes)) {
    const line = card.querySelector("template").content.cloneNode(true);
    line.querySelector(".code").textContent = code.digits;
    line.querySelector(".when").textContent = code.when;
    line.querySelector(".waiting").hidden = code.on_lock;
    card.append(line);
  }
  card.hidden = codes.length === 0;
}

/** Shows the codes, writes down what is needed offline, and has the browser open the key page offline from now on. */
export async function saveCodes(passcodes) {
  const card = document.querySelector("#codes");
  const codes = passcodes.map((code) => ({ ...code, when: period(code, card.dataset.zone) }));
  showCodes(card, codes);
  const phone = document.querySelector("a[href^='tel:']").getAttribute("href");
  await keepCodes({ unit: document.querySelector("h1").textContent, phone, codes });
  await keepOffline();
}
