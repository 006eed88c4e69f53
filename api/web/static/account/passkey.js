// Passkeys: sign-in and registration. Hidden without WebAuthn or if the address has no domain name.

async function ask(path, body) {
  const answer = await fetch(`/api/v1/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) {
    const { code } = await answer.json();
    if (code === "sign_in_again") location.assign("/login?next=/account");
    throw new Error(code);
  }
  return answer.json();
}

async function signIn(card) {
  const { ceremony, options } = await ask("sessions/passkey/options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  const { role } = await ask("sessions/passkey", { ceremony, credential: credential.toJSON() });
  location.assign(card.dataset.next || `/${role}`);
}

async function make(card) {
  const { ceremony, options } = await ask("passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  const label = card.querySelector("[name=label]").value;
  await ask("passkeys", { ceremony, credential: credential.toJSON(), label });
  location.reload();
}

const steps = { signIn, make };
const able = window.isSecureContext && window.PublicKeyCredential?.parseRequestOptionsFromJSON;
for (const card of document.querySelectorAll("[data-passkey]")) {
  card.hidden = !able;
  card.querySelector("button").addEventListener("click", async (event) => {
    event.preventDefault();
    const trouble = card.querySelector("[role=alert]");
    trouble.hidden = true;
    await steps[card.dataset.passkey](card).catch(() => { trouble.hidden = false; });
  });
}
