// What the registry asks beyond the document, at the kiosk: one question a screen, by touch or at a keyboard.

const section = document.querySelector("[data-step=facts]");
const every = [...section.querySelectorAll("[data-fact]")];
const field = () => section.querySelector("[data-fact]:not([hidden]) input");
let asked = every.filter((label) => label.dataset.asked !== undefined); // as the place asks, until the offer is known
let number = 0;

/** What this offer's registry asks; of `oneOf` one answer is enough. */
export function askFor(paths, oneOf) {
  asked = paths.map((path) => every.find((label) => label.dataset.fact === path)).filter(Boolean);
  for (const label of every) label.querySelector("small").hidden = !oneOf.includes(label.dataset.fact);
}

export const anyAsked = () => asked.length > 0;

/** The answers given, by path. */
export function answers() {
  const given = asked.map((label) => [label.dataset.fact, label.querySelector("input").value.trim()]);
  return Object.fromEntries(given.filter(([, text]) => text));
}

function show(place) {
  number = place;
  for (const label of every) label.hidden = label !== asked[number];
}

/** Begins with the first question, or where one comes back with the last; a keyboard types into it at once. */
export function begin(last = false) {
  show(last ? asked.length - 1 : 0);
}

function put(text) {
  const input = field();
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

/** `back` and `on` are what comes before the first question and after the last. */
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
    else if (event.key.length === 1 && event.key !== " " && event.target.tagName !== "INPUT") field().focus();
  });
}
