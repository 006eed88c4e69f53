// The button for a lock in Bluetooth range, on the key page and the offline page.

import { findNear, keepNear, proof } from "./key.js";
import { hasBluetooth, Refused, unlockNearby, Unanswered } from "./ble_unlock.js";

const AGREEMENT = { name: "ECDH", namedCurve: "P-256" };

/** Store a key agreement pair, and the credential that the gateway issues for it on the holder's signature. */
export async function prepareNear(id, holder) {
  if (!hasBluetooth()) return;
  const kept = await findNear(id);
  const pair = kept?.pair ?? await crypto.subtle.generateKey(AGREEMENT, false, ["deriveBits"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const answer = await fetch(`/api/v1/keys/${id}/near`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ x, y, ...await proof(holder, "near", id, x, y) }),
  });
  if (!answer.ok) return;
  const { credential, lock_key: lock, expires } = await answer.json();
  const raw = Uint8Array.from(atob(credential.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  await keepNear(id, { id, unit: document.querySelector("h1").textContent, pair, credential: raw, lock, expires });
}

async function ask(held, say) {
  try {
    const { outcome } = await unlockNearby(held);
    return outcome === "done" ? ["good", say.unlocked, ""] : ["bad", say.refused, say.failedHint];
  } catch (error) {
    if (error.name === "NotFoundError") return ["", "", ""]; // dialog cancelled: no command was sent
    if (error instanceof Unanswered) return ["care", say.noAnswer, say.noAnswerHint];
    if (error instanceof Refused) return ["bad", say.refused, say.failedHint];
    if (error.message === "another lock") return ["bad", say.nearOther, say.nearOtherHint];
    return ["bad", say.nearFailed, say.nearFailedHint];
  }
}

/** Show the button of `part` for the stored key `held`; `outcome` shows the lock's answer. */
export function offerNear(part, outcome, held, say) {
  if (!held || !hasBluetooth() || held.expires <= Date.now() / 1000) return;
  const button = part.querySelector("button");
  const show = ([tone, title, hint]) => {
    outcome.className = `outcome ${tone}`;
    outcome.querySelector("strong").textContent = title;
    outcome.querySelector("span").textContent = hint;
  };
  part.hidden = false;
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    show(["", say.asking, ""]);
    show(await ask(held, say));
    button.removeAttribute("aria-disabled");
  });
}
