// Date request, end of the stay, and those who came along. Shown only on the phone that holds the key.

import { proof } from "./key.js";
import { forgetCodes } from "./keypad_codes.js";

const problem = document.querySelector("#stay-problem");

async function send(act, id, body) {
  problem.hidden = true;
  const answer = await fetch(`/api/v1/keys/${id}/${act}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer?.ok) return true;
  const reasons = { "end 409": "shared", "dates 422": "dates" };
  problem.textContent = problem.dataset[reasons[`${act} ${answer?.status}`]] ?? problem.dataset.failed;
  problem.hidden = false;
  return false;
}

/** Show both forms to the holder of key `id`. */
export function manageStay(id, pair) {
  const dates = document.querySelector("#dates");
  for (const part of document.querySelectorAll(".holder-only")) part.hidden = false;
  dates.onsubmit = async (event) => {
    event.preventDefault();
    const until = dates.elements.until.value;
    if (await send("dates", id, { until, ...await proof(pair, "dates", id, until) })) location.reload();
  };
  document.querySelector("#end").onsubmit = async (event) => {
    event.preventDefault();
    if (!await send("end", id, await proof(pair, "end", id))) return;
    await forgetCodes().catch(() => {}); // codes that cannot be deleted are invalid from now on
    location.replace("/onboarding");
  };
}

async function post(path, id, body) {
  const answer = await fetch(`/api/v1/keys/${id}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
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

/** Say which field is wrong, beside it and above the button; what was typed stays. */
function refuse(form, answer) {
  const field = answer.status === 422 ? form.elements[answer.body.field] : null;
  const adult = answer.body?.field === "birth_date" && isAdult(form.elements.birth_date.value);
  show(form, "alert", field ? (adult ? form.dataset.adult : form.dataset.wrong) : form.dataset.failed);
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}

function isAdult(born) {
  const day = new Date(born);
  day.setFullYear(day.getFullYear() + 18);
  return day <= new Date();
}

/** Serve both forms for the holder of key `id`. */
export function manageFamily(id, pair) {
  const child = document.querySelector("#child");
  child.onsubmit = async (event) => {
    event.preventDefault();
    for (const field of child.elements) field.removeAttribute("aria-invalid");
    const person = declared(child);
    const answer = await post("children", id, { person, ...await proof(pair, "child", id, person) });
    if (!answer.ok) return refuse(child, answer);
    child.reset();
    show(child, "status");
  };
  const companion = document.querySelector("#companion");
  companion.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await post("companions", id, await proof(pair, "companion", id));
    if (!answer.ok) return show(companion, "alert", companion.dataset.failed);
    companion.elements.url.value = answer.body.url;
    companion.elements.url.parentElement.hidden = false;
    companion.elements.url.select();
  };
}
