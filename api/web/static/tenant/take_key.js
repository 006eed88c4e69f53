// For tenants registered at a kiosk or by a person: creates this phone's key pair and requests the key with it.

import { holderKeyIfPossible } from "./key.js";

const form = document.querySelector("#take-key");
const notStored = document.querySelector("#not-stored");

function showWhetherStored(key) {
  form.hidden = !key;
  notStored.hidden = Boolean(key);
  form.elements.holder_key.value = key;
}

if (form) {
  showWhetherStored(await holderKeyIfPossible());
  form.addEventListener("submit", (event) => {
    if (!form.elements.holder_key.value) event.preventDefault();
  });
}
