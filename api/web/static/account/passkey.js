// Passkeys: sign-in and registration. Hidden without WebAuthn or if the address has no domain name.

import { postJson, readAnswer, serveForm } from "../shared/answers.js";

class Refused extends Error {
  constructor(faults) {
    super();
    this.faults = faults;
  }
}

/** Return the body of the gateway's answer. Throws Refused with the faults to show. */
async function ask(card, path, body = {}) {
  const { body: taken, faults, code } = await readAnswer(await postJson(`/api/v1/${path}`, body), card);
  if (code === "sign_in_again") location.assign("/login?next=/account");
  if (faults) throw new Refused(faults);
  return taken;
}

async function signIn(card) {
  const { ceremony, options } = await ask(card, "sessions/passkey/options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  const { role } = await ask(card, "sessions/passkey", { ceremony, credential: credential.toJSON() });
  location.assign(card.dataset.next || `/${role}`);
}

async function make(card) {
  const { ceremony, options } = await ask(card, "passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  const label = card.elements.label.value;
  await ask(card, "passkeys", { ceremony, credential: credential.toJSON(), label });
  location.reload();
}

const steps = { signIn, make };
const able = window.isSecureContext && window.PublicKeyCredential?.parseRequestOptionsFromJSON;
for (const card of document.querySelectorAll("[data-passkey]")) {
  card.hidden = !able;
  const ofDevice = [{ field: null, sentence: card.dataset.refused }]; // the person or the device declined
  const send = () => steps[card.dataset.passkey](card).catch(({ faults }) => faults ?? ofDevice);
  serveForm(card, card.querySelector(".errors"), send);
}
