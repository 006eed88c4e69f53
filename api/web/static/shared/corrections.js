// Forms that correct fields: the authority's tables are searched while typing, and a summary leads to what is wrong.

import { prepareFacts } from "./asked_facts.js";
import { serveSummary } from "./error_summary.js";

for (const form of document.querySelectorAll("form.correction")) {
  prepareFacts(form);
  const summary = form.parentElement.parentElement.querySelector(".errors");
  if (summary) serveSummary(summary);
}
