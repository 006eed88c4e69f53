// The error summary of a form: one link per field to correct, and the same sentence beside the field.

const place = () => document.querySelector("#errors");

/** Return the field that a summary's link names: "#in-surname" is the field with this id. */
export const fieldAt = (link) => document.getElementById(decodeURIComponent(new URL(link).hash.slice(1)));

/** Unfold what hides a field, and move the focus to it. */
function lead(field) {
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field.focus();
  (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
}

function mark(field, sentence) {
  const beside = document.getElementById(field.id.replace(/^in-/, "wrong-"));
  if (beside) {
    beside.textContent = sentence;
    beside.hidden = !sentence;
  }
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  field.closest("fieldset")?.classList.toggle("missing", Boolean(sentence));
}

/** Remove the summary and every mark of a form. */
export function clearErrors(form, summary = place()) {
  for (const field of form.querySelectorAll("[aria-invalid]")) mark(field, "");
  summary.hidden = true;
}

/** Show faults [{ field, sentence }] in a summary, which gets the focus; `field` is an element, or null. */
export function showErrors(form, faults, summary = place()) {
  clearErrors(form, summary);
  const items = faults.map(({ field, sentence }) => {
    const item = document.createElement("li");
    if (!field) item.textContent = sentence;
    else {
      const link = document.createElement("a");
      link.href = `#${field.id}`;
      link.textContent = sentence;
      item.append(link);
    }
    return item;
  });
  summary.querySelector("ul").replaceChildren(...items);
  for (const { field, sentence } of [...faults].reverse()) if (field) mark(field, sentence);
  summary.hidden = false;
  summary.focus();
  summary.scrollIntoView({ block: "start" });
}

/** Have the links of a summary lead into folded parts of the form too. */
export function serveSummary(summary = place()) {
  summary.addEventListener("click", (event) => {
    const field = event.target.closest("a") && fieldAt(event.target.closest("a").href);
    if (!field) return;
    event.preventDefault();
    lead(field);
  });
  if (!summary.hidden) summary.focus();
}
