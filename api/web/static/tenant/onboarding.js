// Onboarding: shrinks photos, creates the holder's key pair, says what to correct before and after the form is sent.
// The form is sent by fetch: an answer that names errors is shown in this page, which keeps entries and photos.

import { readAnswer } from "../shared/answers.js";
import { serveSummary, showErrors } from "../shared/error_summary.js";
import { holderKeyIfPossible, inTime } from "./key.js";
import { prepareFilming } from "./clip.js";
import { emptyFacts, prepareFacts } from "../shared/asked_facts.js";
import { prepareBirth } from "../shared/birth_date.js";
import { prepare } from "./upload.js";

document.documentElement.classList.add("js");
const form = document.querySelector("#register");
const button = form.querySelector("button.wide");
const fields = form.elements;
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
const kind = fields.document_kind;
const isResident = (number) => /^[1-8]\d{16}[\dXx]$/.test(number.normalize("NFKC").replace(/[\s-]/g, ""));
const shownFor = (block) => {
  const kinds = (block.dataset.kinds ?? block.dataset.notKinds).split(" ");
  return kinds.includes(kind.value) === ("kinds" in block.dataset);
};

/** Show or hide a part of the form; what is hidden is not sent, and not lost either. */
function offer(part, shown) {
  part.hidden = !shown;
  for (const field of part.querySelectorAll("input, select")) field.disabled = !shown;
}

function showDetails() {
  const number = fields.id_number.value.trim();
  if (!kind.value && isResident(number)) kind.value = /^8[123]/.test(number) ? "cn_hmt_residence_permit" : "cn_resident_id";
  for (const block of form.querySelectorAll("[data-kinds], [data-not-kinds]")) offer(block, shownFor(block));
  if (details) offer(details, (number !== "" || kind.value === "none") && !isResident(number));
  offer(fields.id_number.closest(".field"), kind.value !== "none");
}
fields.id_number.addEventListener("input", showDetails);
kind.addEventListener("change", showDetails);
showDetails();
prepareFacts(form);
prepareBirth(form);

const typedNames = ["id_number", "surname", "given_names", "name"];
const isTyped = () => kind.value === "none" || typedNames.some((name) => fields[name].value.trim());
const sentenceOf = (field) => (field.closest(".field") ?? field).dataset.needed;
const fault = (field) => ({ field, sentence: sentenceOf(field) });
const isEmpty = (field) => !field.disabled && !field.value.trim();

/** Return the fields of the typed document that are empty, in the order of the page. */
function emptyTyped() {
  const needed = [...document.querySelectorAll("#typed [data-needed]")].map((part) => part.querySelector("input, select"));
  return needed.filter((field) => isEmpty(field) && !(kind.value === "none" && field.name === "issuing_state"));
}

function findFaults() {
  const found = [];
  const facts = emptyFacts(form);
  if (!fields.document.files.length) found.push(...(isTyped() ? emptyTyped() : [fields.document]));
  const before = found.splice(0).map(fault);
  const chosen = fields.check.value;
  if (!chosen) found.push(document.querySelector("#in-check"));
  if (chosen === "face" && !fields.consent_face.checked) found.push(fields.consent_face);
  if (chosen === "face" && !fields.face.files.length) found.push(fields.face);
  if (!fields.consent_registration.checked) found.push(fields.consent_registration);
  return [...before, ...facts, ...found.map(fault)];
}

function wait(on) {
  button.setAttribute("aria-disabled", String(on));
  button.dataset.label ??= button.textContent;
  button.textContent = on ? form.dataset.sending : button.dataset.label;
}

/** Send the form; go on with the answer's page, or show what it names as wrong. */
async function send() {
  const body = new FormData(form);
  if (fields.check.value === "person") for (const name of ["face", "clip", "clip_nonce"]) body.delete(name);
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "text/html" }, body, redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") return location.assign(form.getAttribute("action"));
  const { faults } = await readAnswer(answer, form);
  wait(false);
  sending = false;
  showErrors(form, faults);
}

let sending = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  const faults = findFaults();
  if (faults.length) return showErrors(form, faults);
  sending = true;
  wait(true);
  await inTime(preparing, PREPARE_TIMEOUT_MS).catch(() => {}); // the photo as taken is good too
  if (fields.holder_key) fields.holder_key.value = await holderKeyIfPossible(); // no key on a phone that was lent
  const checking = setTimeout(() => { button.textContent = form.dataset.checking; }, 1500);
  await send();
  clearTimeout(checking);
});
serveSummary();
// After the browser's back button the form must work again.
addEventListener("pageshow", () => { sending = false; wait(false); });
