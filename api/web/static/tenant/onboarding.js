// Onboarding: shrinks photos, creates the holder's key pair, reports missing fields before the form is sent.

import { holderKeyIfPossible, inTime } from "./key.js";
import { prepareFilming } from "./clip.js";
import { prepare } from "./upload.js";

document.documentElement.classList.add("js");
const form = document.querySelector("#register");
const missing = document.querySelector("#missing");
const button = form.querySelector("button.wide");
let preparing = Promise.resolve();
const PREPARE_TIMEOUT_MS = 1500;

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    preparing = preparing.then(() => prepare(input));
  });
}

const turning = document.querySelector("#turning");
if (turning) prepareFilming(turning, form);

// A resident number contains date of birth, sex and nationality, and its card shows one name: ask for the rest only else.
const details = document.querySelector("#details");
const kind = form.elements.document_kind;
const isResident = (number) => /^[1-8]\d{16}[\dXx]$/.test(number.normalize("NFKC").replace(/[\s-]/g, ""));
const shownFor = (block) => {
  const kinds = (block.dataset.kinds ?? block.dataset.notKinds).split(" ");
  return kinds.includes(kind.value) === ("kinds" in block.dataset);
};
function showDetails() {
  const number = form.elements.id_number.value.trim();
  if (!kind.value && isResident(number)) kind.value = /^8[123]/.test(number) ? "cn_hmt_residence_permit" : "cn_resident_id";
  for (const block of form.querySelectorAll("[data-kinds], [data-not-kinds]")) block.hidden = !shownFor(block);
  if (details) details.hidden = (number === "" && kind.value !== "none") || isResident(number);
  form.elements.id_number.closest("label").hidden = kind.value === "none";
}
form.elements.id_number.addEventListener("input", showDetails);
kind.addEventListener("change", showDetails);
showDetails();

const typedNames = ["id_number", "surname", "given_names", "name"];
const isTyped = (fields) => kind.value === "none" || typedNames.some((name) => fields[name].value.trim());
const optional = ["given_names"];
function emptyField(fields) {
  const typed = [...fields.id_number.closest("details").querySelectorAll("input, select")];
  return typed.find((field) => !field.value.trim() && !optional.includes(field.name) && !field.closest("[hidden]")
    && !(kind.value === "none" && field.name === "issuing_state"));
}

function whatIsMissing() {
  const fields = form.elements;
  if (!fields.document.files.length) {
    if (!isTyped(fields)) return ["document", fields.document];
    const open = emptyField(fields);
    if (open) return ["details", open];
  }
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
  await inTime(preparing, PREPARE_TIMEOUT_MS).catch(() => {}); // the photo as taken is good too
  if (form.elements.check.value === "person") for (const shown of [form.elements.face, form.elements.clip]) if (shown) shown.value = "";
  form.elements.holder_key.value = await holderKeyIfPossible();
  setTimeout(() => { button.textContent = form.dataset.checking; }, 1500);
  form.submit();
});
// After the browser's back button the form must work again.
addEventListener("pageshow", () => { sending = false; wait(false); });
