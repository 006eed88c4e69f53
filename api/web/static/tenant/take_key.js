// For tenants registered at a kiosk or by a person: creates this phone's key pair and requests the key with it.

import { canHoldKeys, holderKeyForRegistration } from "./key.js";

const form = document.querySelector("#take-key");
if (form && canHoldKeys()) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.elements.holder_key.value = await holderKeyForRegistration();
    form.submit();
  });
}
