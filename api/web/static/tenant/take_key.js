// Registered elsewhere or by a person: makes this phone's key pair and asks for the key with its public half.

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
