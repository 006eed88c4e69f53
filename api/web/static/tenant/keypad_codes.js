// Keypad codes: shown on the phone that holds the key, and stored there for offline use.

import { dropWhatOpens, findCodes, keepCodes } from "./key.js";
import { keepOffline } from "../shared/register_service_worker.js";

export const readCodes = () => findCodes();

/** Delete all data of the stay from the phone. */
export const forgetCodes = () => dropWhatOpens();

/** Format the validity like other times on the page: day before month, 24 hours. */
function period(code, zone) {
  const language = document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return format.formatRange(new Date(code.from), new Date(code.until));
}

/** Return the present code and the next; a long stay has one for every four weeks, too many to show. */
export const soonest = (codes) => codes.filter((code) => Date.parse(code.until) > Date.now()).slice(0, 2);

/** Show the codes of a signed request's answer. */
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

/** Show the codes, store them for offline use, and register the service worker. */
export async function saveCodes(passcodes) {
  const card = document.querySelector("#codes");
  const codes = passcodes.map((code) => ({ ...code, when: period(code, card.dataset.zone) }));
  showCodes(card, codes);
  const phone = document.querySelector("a[href^='tel:']").getAttribute("href");
  await keepCodes({ unit: document.querySelector("h1").textContent, phone, codes });
  await keepOffline();
}
