// Date request and end of the stay. Shown only on the phone that holds the key.

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
