// Date request, end of the stay, and those who came along. Shown only on the phone that holds the key.

import { proof } from "./key.js";
import { prepareBirth, writeBirth } from "../shared/birth_date.js";
import { emptyFacts, prepareFacts } from "../shared/asked_facts.js";
import { serveSummary, showErrors, clearErrors } from "../shared/error_summary.js";
import { forgetCodes } from "./keypad_codes.js";
import { prepare } from "./upload.js";

const problem = document.querySelector("#stay-problem");

const RETRY_AFTER_MS = 1500;

/** Post a signed request; if no answer comes, once more. Its Idempotency-Key keeps it from being carried out twice. */
async function request(path, id, body) {
  const headers = {
    "Content-Type": "application/json",
    "Accept-Language": document.documentElement.lang,
    "Idempotency-Key": crypto.randomUUID(),
  };
  const ask = () => fetch(`/api/v1/keys/${id}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return await ask().catch(async () => {
    await new Promise((resolve) => { setTimeout(resolve, RETRY_AFTER_MS); });
    return ask().catch(() => null);
  });
}

/** End the stay; whether it ended. What is in the way is said under the button. */
async function end(id, body) {
  problem.hidden = true;
  const answer = await request("end", id, body);
  if (answer?.ok) return true;
  problem.textContent = answer?.status === 409 ? problem.dataset.shared : problem.dataset.failed;
  problem.hidden = false;
  return false;
}

/** Show both forms to the holder of key `id`. */
export function manageStay(id, pair) {
  for (const part of document.querySelectorAll(".holder-only")) part.hidden = false;
  manageOwnDates(id, pair);
  manageErasure([pair]);
  askForDates(id, pair);
  document.querySelector("#end").onsubmit = async (event) => {
    event.preventDefault();
    if (!await end(id, await proof(pair, "end", id))) return;
    await forgetCodes().catch(() => {}); // codes that cannot be deleted are invalid from now on
    location.replace("/onboarding");
  };
}

/** Serve the request for erasure, also after the stay has ended; one of `pairs` holds the key. */
export function manageErasure(pairs) {
  const form = document.querySelector("#erasure");
  const button = form?.querySelector("button");
  if (!button || !pairs.length) return;
  const id = form.dataset.key;
  button.hidden = false;
  form.querySelector(".other").hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    for (const pair of pairs) if ((await request("erasure", id, await proof(pair, "erase", id)))?.ok) return location.reload();
    form.querySelector("[role=alert]").hidden = false;
  };
}

/** Serve the form that asks the landlord for another end of the stay. */
function askForDates(id, pair) {
  const form = document.querySelector("#dates");
  const summary = form.querySelector(".errors");
  const { until: field } = form.elements;
  serveSummary(summary);
  form.onsubmit = async (event) => {
    event.preventDefault();
    clearErrors(form, summary);
    const { value } = field;
    if (!value) return showErrors(form, [{ field, sentence: form.dataset.unreadable }], summary); // or not readable
    const answer = await post("dates", id, { until: value, ...await proof(pair, "dates", id, value) });
    if (answer.ok) location.reload();
    else showErrors(form, named(form, faultsIn(form, answer)), summary);
  };
}

/** Serve the forms for the holder's own arrival and departure. */
function manageOwnDates(id, pair) {
  for (const form of document.querySelectorAll(".own-date")) {
    const summary = form.querySelector(".errors");
    serveSummary(summary);
    form.onsubmit = async (event) => {
      event.preventDefault();
      clearErrors(form, summary);
      const field = form.elements[form.dataset.field];
      const { name, value } = field;
      if (!value) return showErrors(form, [{ field, sentence: form.dataset.unreadable }], summary); // or not readable
      const children = form.elements.children?.checked ?? true;
      const signed = await proof(pair, form.id, id, value, children ? "children" : "alone");
      const answer = await post(form.id, id, { [name]: value, children, ...signed });
      if (answer.ok) location.assign(`/key?done=keypage.done.${form.id}`);
      else showErrors(form, named(form, faultsIn(form, answer)), summary);
    };
  }
}

/** Begin the sentence of each field with its label on the page. */
function named(form, faults) {
  const begun = (sentence) => form.dataset.named.replace("{sentence}", () => sentence);
  return faults.map((fault) => fault.field ? { ...fault, sentence: begun(fault.sentence) } : fault);
}

async function post(path, id, body) {
  const answer = await request(path, id, body);
  return { ok: Boolean(answer?.ok), status: answer?.status, body: await answer?.json().catch(() => ({})) };
}

function show(form, role, text) {
  for (const other of form.querySelectorAll(".alert")) other.hidden = true;
  const place = form.querySelector(`[role=${role}]`);
  if (text) place.textContent = text;
  place.hidden = false;
}

/** What was entered, as the statement that is signed; empty fields are left out. */
function declared(form) {
  return JSON.stringify(Object.fromEntries([...new FormData(form)].filter(([, text]) => text.trim())));
}

/** Fill the child's form from a photo of the document, for the adult to check. The photo is sent once, never kept. */
function readDocument(form, summary) {
  const photo = form.querySelector("#in-child-document");
  const note = form.querySelector("#child-read");
  const say = (text) => { note.textContent = text ?? ""; note.hidden = !text; };
  const refuse = (sentence) => showErrors(form, [{ field: photo, sentence }], summary);
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
    const read = await answer?.json().catch(() => null);
    say(answer?.ok && note.dataset.read);
    if (!answer?.ok || !read) return refuse(read?.fields?.[0]?.sentence ?? read?.detail ?? form.dataset.failed);
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

/** Return what an answer names as wrong: fields with a sentence each, or its own sentence. */
function faultsIn(form, { body }) {
  const named = body?.fields ?? (body?.field ? [{ field: body.field, sentence: body.detail }] : []);
  const faults = named.map(({ field, sentence }) => ({ field: form.elements[field] ?? null, sentence: sentence ?? body.detail }));
  return faults.length ? faults : [{ field: null, sentence: body?.detail ?? form.dataset.failed }];
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
  const child = document.querySelector("#child");
  const summary = document.querySelector("#child-errors");
  serveSummary(summary);
  prepareFacts(child);
  prepareBirth(child);
  readDocument(child, summary);
  child.oninput = () => { child.querySelector("[role=status]").hidden = true; }; // is of the child before
  child.onsubmit = async (event) => {
    event.preventDefault();
    clearErrors(child, summary);
    const empty = emptyFaults(child);
    if (empty.length) return showErrors(child, empty, summary);
    const person = declared(child);
    const answer = await post("children", id, { person, ...await proof(pair, "child", id, person) });
    if (!answer.ok) return showErrors(child, faultsIn(child, answer), summary);
    resetForSibling(child);
    show(child, "status");
  };
  const companion = document.querySelector("#companion");
  companion.onsubmit = async (event) => {
    event.preventDefault();
    const here = event.submitter?.value === "here";
    const answer = await post(here ? "companions/here" : "companions", id, await proof(pair, "companion", id));
    if (answer.ok && here) return location.assign("/companion");
    if (!answer.ok) return show(companion, "alert", companion.dataset.failed);
    showLink(companion, answer.body);
  };
  for (const form of document.querySelectorAll(".link-again")) form.onsubmit = async (event) => {
    event.preventDefault();
    const { offer } = form.dataset;
    const answer = await post(`companions/${offer}/link`, id, await proof(pair, "hand-over", id, offer));
    if (!answer.ok) return show(form, "alert", answer.body?.detail ?? form.dataset.failed);
    form.querySelector("[role=alert]").hidden = true;
    showLink(form, answer.body);
  };
  const party = document.querySelector("#party");
  if (party) party.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await post("party", id, await proof(pair, "party", id));
    if (!answer.ok) return show(party, "alert", party.dataset.failed);
    show(party, "status");
    party.querySelector("button").hidden = true;
  };
}
