// Dates of birth whose day or month the document does not show: year and month are entered apart and written into the field.

const parts = (form) => ({
  whole: form.elements.birth_date,
  year: form.querySelector("#in-birth_year"),
  month: form.querySelector("#in-birth_month"),
});

/** Have the field hold what is entered apart: YYYY-MM or YYYY, which a date input cannot hold. */
export function prepareBirth(form) {
  const { whole, year, month } = parts(form);
  if (!year) return;
  year.oninput = month.onchange = () => write(whole, year.value && [year.value.trim(), month.value].filter(Boolean).join("-"));
  form.addEventListener("reset", () => write(whole, ""));
}

/** Write a date of birth that was read, as YYYY-MM-DD, YYYY-MM or YYYY. */
export function writeBirth(form, text) {
  const { whole, year, month } = parts(form);
  if (!whole) return;
  const part = text.length < 10 && year;
  write(whole, text, !part);
  if (!part) return;
  [year.value, month.value] = [text.slice(0, 4), text.slice(5)];
  year.closest("details").open = true;
}

function write(field, text, isWhole = !text) {
  field.type = isWhole ? "date" : "text";
  field.readOnly = !isWhole;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
