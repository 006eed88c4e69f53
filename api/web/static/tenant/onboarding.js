// Onboarding: shrinks photos, creates the holder's key pair, reports missing fields before the form is sent.

import { canHoldKeys, holderKeyForRegistration } from "./key.js";
import { prepareFilming } from "./clip.js";
import { prepare } from "./upload.js";

document.documentElement.classList.add("js");
const form = document.querySelector("#register");
const missing = document.querySelector("#missing");
const button = form.querySelector("button.wide");
let preparing = Promise.resolve();

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    preparing = preparing.then(() => prepare(input));
  });
}

const turning = document.querySelector("#turning");
if (turning) prepareFilming(turning, form);

// A resident number contains date of birth, sex and nationality: ask for them only with other numbers.
const details = document.querySelector("#details");
const isResident = (number) => /^\d{17}[\dXx]$/.test(number.replaceAll(" ", ""));
function showDetails() {
  const number = form.elements.id_number.value.trim();
  if (details) details.hidden = number === "" || isResident(number);
}
form.elements.id_number.addEventListener("change", showDetails);
showDetails();

function whatIsMissing() {
  const fields = form.elements;
  if (!fields.document.files.length && !(fields.name.value.trim() && fields.id_number.value.trim())) return ["document", fields.document];
  const open = details && !details.hidden ? [...details.querySelectorAll("input, select")].find((field) => !field.value) : null;
  if (!fields.document.files.length && open) return ["details", open];
  if (fields.check.value === "face") {
    if (!fields.consent_face.checked) return ["faceConsent", fields.consent_face];
    if (!fields.face.files.length) return ["face", fields.face];
  }
  return null;
}

function say(text) {
  missing.textContent = text;
  missing.hidden = !text;
}

function wait(on) {
  button.setAttribute("aria-disabled", String(on));
  button.dataset.label ??= button.textContent;
  button.textContent = on ? form.dataset.sending : button.dataset.label;
}

let sending = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  const lack = whatIsMissing();
  if (lack) {
    say(missing.dataset[lack[0]]);
    lack[1].focus();
    return;
  }
  sending = true;
  say("");
  wait(true);
  await preparing;
  if (form.elements.check.value === "person") for (const shown of [form.elements.face, form.elements.clip]) if (shown) shown.value = "";
  if (canHoldKeys()) form.elements.holder_key.value = await holderKeyForRegistration();
  setTimeout(() => { button.textContent = form.dataset.checking; }, 1500);
  form.submit();
});
// After the browser's back button the form must work again.
addEventListener("pageshow", () => { sending = false; wait(false); });
