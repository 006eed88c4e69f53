// The registry's additional questions at the kiosk: one a screen, answered by touch or keyboard.

const section = document.querySelector("[data-step=facts]");
const every = [...section.querySelectorAll("[data-fact]")];
const field = () => section.querySelector("[data-fact]:not([hidden]) :is(input, select)");
let asked = every.filter((label) => label.dataset.asked !== undefined); // the kiosk's default questions, until the offer is known
let number = 0;

/** Set the questions of this offer's registry; one answer to those of `oneOf` is enough. */
export function askFor(paths, oneOf) {
  asked = paths.map((path) => every.find((label) => label.dataset.fact === path)).filter(Boolean);
  for (const label of every) label.querySelector("small").hidden = !oneOf.includes(label.dataset.fact);
}

export const anyAsked = () => asked.length > 0;

/** Return the answers by path. */
export function answers() {
  const given = asked.map((label) => [label.dataset.fact, label.querySelector("input, select").value.trim()]);
  return Object.fromEntries(given.filter(([, text]) => text));
}

function show(place) {
  number = place;
  for (const label of every) label.hidden = label !== asked[number];
}

/** Show the first question, or the last when coming back; typing starts in its field. */
export function begin(last = false) {
  show(last ? asked.length - 1 : 0);
}

function put(text) {
  const input = field();
  if (input.tagName === "SELECT") return;
  if (text === null) input.value = input.value.slice(0, -1);
  else if (input.value.length < input.maxLength) input.value += text;
}

function changeCase(button) {
  const small = button.getAttribute("aria-pressed") === "false";
  button.setAttribute("aria-pressed", small);
  for (const key of section.querySelectorAll(".sign[value]")) {
    key.value = small ? key.value.toLowerCase() : key.value.toUpperCase();
    if (key.value.trim()) key.textContent = key.value;
  }
}

/** Attach the handlers; `back` and `on` are called before the first question and after the last. */
export function prepare(back, on) {
  for (const key of section.querySelectorAll(".sign")) key.onclick = () => put(key.value);
  section.querySelector(".delete").onclick = () => put(null);
  section.querySelector(".case").onclick = (event) => changeCase(event.currentTarget);
  const move = (by, beyond) => {
    if (!asked[number + by]) return beyond();
    show(number + by);
    field().focus();
  };
  section.querySelector(".before-fact").onclick = () => move(-1, back);
  const next = () => move(1, on);
  section.querySelector(".next-fact").onclick = next;
  section.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") next();
    else if (event.key.length === 1 && event.key !== " " && !["INPUT", "SELECT"].includes(event.target.tagName)) field().focus();
  });
}
