// Asks for the erasure of the tenant's data, signed by the phone that holds the key; also after the stay has ended.

import { pairsFor, proof } from "./key.js";

async function ask(id, pair) {
  return fetch(`/api/v1/keys/${id}/erasure`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Accept-Language": document.documentElement.lang,
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: JSON.stringify(await proof(pair, "erase", id)),
  }).catch(() => null);
}

async function serve(form) {
  const button = form.querySelector("button");
  const pairs = await pairsFor(form.dataset.key).catch(() => []);
  if (!button || !pairs.length) return;
  button.hidden = false;
  form.querySelector(".other").hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    for (const pair of pairs) if ((await ask(form.dataset.key, pair))?.ok) return location.reload();
    form.querySelector("[role=alert]").hidden = false;
  };
}

const form = document.querySelector("#erasure");
if (form) serve(form);
