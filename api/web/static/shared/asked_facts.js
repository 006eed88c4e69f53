// What the registry asks beyond the document: only what applies is shown, and long tables are searched while typing.

const PAUSE_MS = 200;
const MIN_LETTERS = 2;
const ADULT = 18;

const field = (part) => part.querySelector("input, select");

/** Return the last day that a date of birth may be, of which day and month may be unknown. */
function lastDay(born) {
  const [year, month, day] = born.split("-").map(Number);
  return day === undefined && year ? new Date(Date.UTC(year, month || 12, 0)) : new Date(born);
}

/** Return whether a date of birth is an adult's; false if it is not known. */
function isAdult(born) {
  const day = lastDay(born ?? "");
  day.setFullYear(day.getFullYear() + ADULT);
  return day <= new Date();
}

/**
 * Return whether conditions { name: values } may hold: no, where a text says so. `known` returns the text of a name,
 * undefined for a field of a document that was not typed.
 */
export function decided(conditions, known) {
  return Object.entries(conditions).every(([name, values]) => known(name) === undefined || values.includes(known(name)));
}

/** Return whether a part applies: no, where an entry says so. A field of a photographed document is not known. */
function applies(part, form) {
  if ("minors" in part.dataset && isAdult(form.elements.birth_date?.value)) return false;
  return decided(JSON.parse(part.dataset.onlyIf ?? "{}"), (name) => {
    const deciding = form.elements[name];
    if (deciding?.type === "checkbox") return deciding.checked ? deciding.value : "";
    return deciding?.value || (deciding?.closest(".facts") ? "" : undefined);
  });
}

/** Show what applies; what is hidden is not sent, and not lost either. */
function showApplying(form) {
  for (const part of form.querySelectorAll("[data-only-if], [data-minors]")) {
    part.hidden = !applies(part, form);
    field(part).disabled = part.hidden;
  }
}

async function suggest(input) {
  const text = input.value.trim();
  if (text.length < MIN_LETTERS) return;
  const query = new URLSearchParams({ path: input.dataset.search, text });
  const answer = await fetch(`${input.form.dataset.codes ?? "/api/v1/onboarding/codes"}?${query}`).catch(() => null);
  if (!answer?.ok || input.value.trim() !== text) return;
  input.list.replaceChildren(...(await answer.json()).map(({ name }) => new Option(name, name)));
}

/** Return the facts that were left empty, with the sentence of each; of alternatives the first, where all are empty. */
export function emptyFacts(form) {
  const empty = (part) => !field(part).disabled && !field(part).value.trim();
  const needed = [...form.querySelectorAll(".facts [data-needed]")].filter(empty);
  const found = needed.map((part) => ({ field: field(part), sentence: part.dataset.needed }));
  const oneOf = [...form.querySelectorAll(".facts [data-one-of]")];
  if (!oneOf.length || !oneOf.every(empty)) return found;
  const names = oneOf.map((part) => part.querySelector("label").textContent).join(" / ");
  return [...found, { field: field(oneOf[0]), sentence: form.dataset.oneOf.replace("{field}", names) }];
}

/** Attach the handlers to a form. */
export function prepareFacts(form) {
  for (const input of form.querySelectorAll("[data-search]")) {
    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => suggest(input), PAUSE_MS);
    });
  }
  form.addEventListener("change", () => showApplying(form));
  form.addEventListener("reset", () => setTimeout(() => showApplying(form)));
  showApplying(form);
}
