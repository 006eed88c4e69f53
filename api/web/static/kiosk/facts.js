// The registries' additional questions at the kiosk: one a screen, answered by touch or keyboard.

import { decided } from "../shared/asked_facts.js";
import { prepareSearch, isKnown, useTable } from "./place_search.js";

const section = document.querySelector("[data-step=facts]");
const every = [...section.querySelectorAll("[data-fact]")];
const partOf = (path) => every.find((part) => part.dataset.fact === path);
const field = (part) => part.querySelector("input, select");
const textOf = (part) => field(part).value.trim();
let offer; // what is asked: an OfferSummary
let at; // the question that is shown
let leaving = () => {}; // called before the first question, or when a correction is done
let going = () => {}; // called after the last question
let alone = false; // one question is corrected, the others stay as they are

/** Ask what this offer's registries ask: paths, alternatives, conditions, tables. */
export function askFor(summary) {
  offer = summary;
  for (const part of every) part.querySelector(".one-of").hidden = !offer.one_of.includes(part.dataset.fact);
  for (const [path, registry] of Object.entries(offer.tables)) useTable(partOf(path), registry);
}

/** Return the text of another question that decides about one; undefined for a field of the document, which is not known. */
const known = (path) => (offer.asks.includes(path) ? textOf(partOf(path)) : undefined);
const conditions = (path) => offer.only_if[path] ?? {};
const asked = () => offer.asks.filter((path) => partOf(path) && decided(conditions(path), known)).map(partOf);

export const anyAsked = () => asked().length > 0;
export const isAsked = (path) => asked().some((part) => part.dataset.fact === path);

/** Return the answers by path; an answer to a question that no longer applies is not among them. */
export function answers() {
  return Object.fromEntries(asked().map((part) => [part.dataset.fact, textOf(part)]).filter(([, text]) => text));
}

function show(part) {
  at = part;
  for (const other of every) other.hidden = other !== part;
  section.querySelector(".letters").hidden = field(part).tagName === "SELECT";
}

/** Show the first question, or the last when coming back; typing starts in its field. */
export function begin(last = false) {
  const parts = asked();
  alone = false;
  show(last ? parts.at(-1) : parts[0]);
}

/** Show the question at this path, to correct it. */
export function correct(path, sentence) {
  alone = true;
  show(partOf(path));
  mark(partOf(path), sentence);
}

function mark(part, sentence) {
  const beside = part.querySelector("small.bad");
  beside.textContent = sentence;
  beside.hidden = !sentence;
  if (sentence) field(part).setAttribute("aria-invalid", "true");
  else field(part).removeAttribute("aria-invalid");
}

/** Return whether everybody who is asked has to answer: it depends on nothing, or on answers given here. */
function isNeeded(path) {
  const besides = offer.one_of.includes(path) || offer.minors.includes(path);
  return !besides && Object.keys(conditions(path)).every((name) => offer.asks.includes(name));
}

/** Return what is wrong with the answer to a question, or "". */
function wrongWith(part) {
  const path = part.dataset.fact;
  if (textOf(part)) return isKnown(part) ? "" : part.dataset.unknown;
  if (isNeeded(path)) return part.dataset.needed;
  const choices = asked().filter((other) => offer.one_of.includes(other.dataset.fact));
  if (choices.at(-1) !== part || choices.some(textOf)) return "";
  const names = choices.map((other) => other.querySelector("label").textContent).join(" / ");
  return section.dataset.oneOf.replace("{field}", names);
}

function put(text) {
  const input = field(at);
  if (input.tagName === "SELECT") return;
  if (text === null) input.value = input.value.slice(0, -1);
  else if (input.value.length < input.maxLength) input.value += text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function changeCase(button) {
  const small = button.getAttribute("aria-pressed") === "false";
  button.setAttribute("aria-pressed", small);
  for (const key of section.querySelectorAll(".sign[value]")) {
    key.value = small ? key.value.toLowerCase() : key.value.toUpperCase();
    if (key.value.trim()) key.textContent = key.value;
  }
}

function move(by) {
  const sentence = by > 0 ? wrongWith(at) : "";
  mark(at, sentence);
  if (sentence) return field(at).focus();
  const parts = asked();
  // What was corrected may have opened another question.
  const next = alone ? by > 0 && parts.find(wrongWith) : parts[parts.indexOf(at) + by];
  if (!next) return by > 0 ? going() : leaving();
  show(next);
  field(next).focus();
}

/** Attach the handlers; `back` and `on` are called before the first question and after the last. */
export function prepare(back, on) {
  [leaving, going] = [back, on];
  askFor(JSON.parse(section.dataset.offered));
  for (const part of every) prepareSearch(part);
  for (const key of section.querySelectorAll(".sign")) key.onclick = () => put(key.value);
  section.querySelector(".delete").onclick = () => put(null);
  section.querySelector(".case").onclick = (event) => changeCase(event.currentTarget);
  section.querySelector(".before-fact").onclick = () => move(-1);
  section.querySelector(".next-fact").onclick = () => move(1);
  section.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") move(1);
    else if (event.key.length === 1 && event.key !== " " && !["INPUT", "SELECT"].includes(event.target.tagName)) field(at).focus();
  });
}
