// Date request, end of the stay, and those who came along. Shown only on the phone that holds the key.

import { proof } from "./key.js";
import { postJson, readAnswer, serveForm } from "../shared/answers.js";
import { prepareBirth, writeBirth } from "../shared/birth_date.js";
import { emptyFacts, prepareFacts } from "../shared/asked_facts.js";
import { showErrors, clearErrors } from "../shared/error_summary.js";
import { forgetCodes } from "./keypad_codes.js";
import { prepare } from "./upload.js";

const RETRY_AFTER_MS = 1500;
const TOO_OLD = 403; // the signature of a request that is repeated

const summaryOf = (form) => form.querySelector(".errors");

/** Post a request; if no answer comes, once more. Its Idempotency-Key keeps it from being carried out twice. */
async function ask(url, { key, body }) {
  const headers = { "Idempotency-Key": key };
  const answer = await postJson(url, body, headers);
  if (answer) return answer;
  await new Promise((resolve) => { setTimeout(resolve, RETRY_AFTER_MS); });
  return postJson(url, body, headers);
}

const unanswered = new Map(); // may have been carried out: sent again as they were, so that nobody is registered twice

/** Post what a form of the holder of key `id` states, signed by `sign`; return what readAnswer does. */
async function post(form, path, id, sign, stated = {}) {
  const name = JSON.stringify([path, stated]);
  const earlier = unanswered.get(name);
  const request = earlier ?? { key: crypto.randomUUID(), body: { ...stated, ...await sign() } };
  const answer = await ask(`/api/v1/keys/${id}/${path}`, request);
  if (answer && answer.status < 500) unanswered.delete(name);
  else unanswered.set(name, request);
  return earlier && answer?.status === TOO_OLD ? post(form, path, id, sign, stated) : readAnswer(answer, form);
}

/** Show both forms to the holder of key `id`. */
export function manageStay(id, pair) {
  for (const part of document.querySelectorAll(".holder-only")) part.hidden = false;
  manageOwnDates(id, pair);
  manageErasure([pair]);
  askForDates(id, pair);
  const form = document.querySelector("#end");
  serveForm(form, summaryOf(form), async () => {
    const { faults } = await post(form, "end", id, () => proof(pair, "end", id));
    if (faults) return faults;
    await forgetCodes().catch(() => {}); // codes that cannot be deleted are invalid from now on
    location.replace("/onboarding");
  });
}

/** Serve the request for erasure, also after the stay has ended; one of `pairs` holds the key. */
export function manageErasure(pairs) {
  const form = document.querySelector("#erasure");
  const button = form?.querySelector("button");
  if (!button || !pairs.length) return;
  const id = form.dataset.key;
  button.hidden = false;
  form.querySelector(".other").hidden = true;
  serveForm(form, summaryOf(form), async () => {
    let faults;
    for (const pair of pairs) {
      ({ faults } = await post(form, "erasure", id, () => proof(pair, "erase", id)));
      if (!faults) return location.reload();
    }
    return faults;
  });
}

/** Serve the form that asks the landlord for another end of the stay. */
function askForDates(id, pair) {
  const form = document.querySelector("#dates");
  const { until: field } = form.elements;
  serveForm(form, summaryOf(form), async () => {
    const { value } = field;
    if (!value) return [{ field, sentence: form.dataset.unreadable }]; // or not readable
    const { faults } = await post(form, "dates", id, () => proof(pair, "dates", id, value), { until: value });
    if (faults) return named(form, faults);
    location.reload();
  });
}

/** Serve the forms for the holder's own arrival and departure. */
function manageOwnDates(id, pair) {
  for (const form of document.querySelectorAll(".own-date")) {
    serveForm(form, summaryOf(form), async () => {
      const field = form.elements[form.dataset.field];
      const { name, value } = field;
      if (!value) return [{ field, sentence: form.dataset.unreadable }]; // or not readable
      const children = form.elements.children?.checked ?? true;
      const sign = () => proof(pair, form.id, id, value, children ? "children" : "alone");
      const { faults } = await post(form, form.id, id, sign, { [name]: value, children });
      if (faults) return named(form, faults);
      location.assign(`/key?done=keypage.done.${form.id}`);
    });
  }
}

/** Begin the sentence of each field with its label on the page. */
function named(form, faults) {
  const begun = (sentence) => form.dataset.named.replace("{sentence}", () => sentence);
  return faults.map((fault) => fault.field ? { ...fault, sentence: begun(fault.sentence) } : fault);
}

/** Say that a form was taken. */
const confirm = (form) => { form.querySelector("[role=status]").hidden = false; };

/** What was entered, as the statement that is signed; empty fields are left out. */
function declared(form) {
  return JSON.stringify(Object.fromEntries([...new FormData(form)].filter(([, text]) => text.trim())));
}

/** Fill the child's form from a photo of the document, for the adult to check. The photo is sent once, never kept. */
function readDocument(form, summary) {
  const photo = form.querySelector("#in-child-document");
  const note = form.querySelector("#child-read");
  const say = (text) => { note.textContent = text ?? ""; note.hidden = !text; };
  form.classList.add("js");
  photo.onchange = async () => {
    clearErrors(form, summary);
    form.elements.reading.value = "";
    if (!photo.files.length) return say();
    say(note.dataset.reading);
    await prepare(photo);
    const body = new FormData();
    body.append("document", photo.files[0]);
    const headers = { "Accept-Language": document.documentElement.lang };
    const answer = await fetch("/api/v1/onboarding/child-document", { method: "POST", headers, body }).catch(() => null);
    const { faults, body: read } = await readAnswer(answer, form);
    say(!faults && note.dataset.read);
    if (faults) return showErrors(form, faults.map(({ sentence }) => ({ field: photo, sentence })), summary);
    for (const [name, text] of Object.entries(read.fields)) {
      if (name === "birth_date") writeBirth(form, text);
      else if (form.elements[name]) form.elements[name].value = text;
    }
    const { same_surname: same } = form.elements;
    if (same && read.fields.surname) same.checked = false;
    form.elements.reading.value = read.reading;
    form.dispatchEvent(new Event("change"));
  };
  form.addEventListener("reset", () => {
    say();
    form.elements.reading.value = "";
    photo.parentElement.querySelector("output").replaceChildren();
  });
}

/** Empty the form for the next child, but for what children of one family mostly have in common. */
function resetForSibling(form) {
  const shared = ["same_surname", "surname", "nationality", "relation", "same_residence"];
  const isShared = ({ name }) => shared.includes(name) || name.startsWith("residence.");
  const kept = [...form.elements].filter(isShared).map((field) => [field, field.value, field.checked]);
  form.reset();
  for (const [field, value, checked] of kept) Object.assign(field, "checked" in field ? { checked } : { value });
}

const emptyFaults = (form) => [...form.querySelectorAll(":scope > [data-needed]")]
  .map((part) => ({ field: part.querySelector("input, select"), sentence: part.dataset.needed }))
  .filter(({ field }) => !field.disabled && !field.value.trim()).concat(emptyFacts(form));

/** Show a link to another phone: as a QR code, and to be copied. */
function showLink(form, { url, qr }) {
  const code = form.querySelector(".qr");
  code.querySelector("img").src = qr;
  code.hidden = false;
  form.elements.url.value = url;
  form.elements.url.parentElement.hidden = false;
  form.elements.url.select();
}

/** Serve the forms for those who came along, for the holder of key `id`. */
export function manageFamily(id, pair) {
  manageChildren(id, pair);
  const signed = (...words) => () => proof(pair, ...words);
  const companion = document.querySelector("#companion");
  serveForm(companion, summaryOf(companion), async (event) => {
    const here = event.submitter?.value === "here";
    const { faults, body } = await post(companion, here ? "companions/here" : "companions", id, signed("companion", id));
    if (faults) return faults;
    if (here) location.assign("/companion");
    else showLink(companion, body);
  });
  for (const form of document.querySelectorAll(".link-again")) serveForm(form, summaryOf(form), async () => {
    const { offer } = form.dataset;
    const { faults, body } = await post(form, `companions/${offer}/link`, id, signed("hand-over", id, offer));
    if (faults) return faults;
    showLink(form, body);
  });
  const party = document.querySelector("#party");
  if (party) serveForm(party, summaryOf(party), async () => {
    const { faults } = await post(party, "party", id, signed("party", id));
    if (faults) return faults;
    confirm(party);
    party.querySelector("button").hidden = true;
  });
}

/** Serve the form for the children of the holder of key `id`. */
function manageChildren(id, pair) {
  const child = document.querySelector("#child");
  const summary = document.querySelector("#child-errors");
  prepareFacts(child);
  prepareBirth(child);
  readDocument(child, summary);
  child.oninput = () => { child.querySelector("[role=status]").hidden = true; }; // is of the child before
  serveForm(child, summary, async () => {
    child.querySelector("[role=status]").hidden = true;
    const empty = emptyFaults(child);
    if (empty.length) return empty;
    const person = declared(child);
    const { faults } = await post(child, "children", id, () => proof(pair, "child", id, person), { person });
    if (faults) return faults;
    resetForSibling(child);
    confirm(child);
  });
}
