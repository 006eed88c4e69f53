// The offline key page: shows the codes and keys stored while online.

import "../landlord/retry.js";
import { allNear } from "./key.js";
import { offerNear } from "./ble_button.js";
import { readCodes, soonest } from "./keypad_codes.js";

const saved = await readCodes().catch(() => undefined);
const section = document.querySelector("#saved-codes");
if (saved) {
  section.hidden = false;
  section.querySelector("h2").textContent = saved.unit;
  section.querySelector("a").href = saved.phone;
  const codes = soonest(saved.codes);
  section.querySelector("#no-codes").hidden = codes.length > 0;
  for (const code of codes) {
    const line = section.querySelector("template").content.cloneNode(true);
    line.querySelector(".code").textContent = code.digits;
    line.querySelector(".faint").textContent = code.when;
    section.querySelector("#codes").append(line);
  }
}
const near = document.querySelector("#near");
for (const held of await allNear().catch(() => [])) {
  const part = document.querySelector("#one-near").content.cloneNode(true).firstElementChild;
  part.querySelector(".unit").textContent = held.unit;
  near.append(part);
  offerNear(part, document.querySelector("#outcome"), held, near.dataset);
}
document.querySelector("#outcome").hidden = near.children.length === 0;
document.querySelector("#nothing").hidden = Boolean(saved);
