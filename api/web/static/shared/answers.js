// What the gateway's answer to a form that a script sends means, whatever it is: a page, a problem in JSON, a proxy's
// own page, or no answer at all. The sentences for what says nothing itself are those of this page's <html>.

import { clearErrors, fieldAt, serveSummary, showErrors } from "./error_summary.js";

const { lang, dataset: { unreached, unclear } } = document.documentElement;

/** Post JSON; null is no answer. */
export const postJson = (url, body, headers = {}) => fetch(url, {
  method: "POST",
  headers: { "Content-Type": "application/json", "Accept-Language": lang, ...headers },
  body: JSON.stringify(body),
}).catch(() => null);

/** The summary of a page, or the sentence of a page without one. */
function inPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const items = [...page.querySelectorAll("#errors:not([hidden]) li")];
  const said = items.length ? items : [...page.querySelectorAll("[role=alert]:not([hidden])")].slice(0, 1);
  return said.map((part) => {
    const link = part.querySelector("a");
    return { field: link && fieldAt(link.href), sentence: part.textContent.trim() };
  });
}

const inProblem = ({ fields, field, detail }, form) => (Array.isArray(fields) ? fields : [{ field }])
  .map((one) => ({ field: form?.elements[one.field] ?? null, sentence: one.sentence ?? detail }));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Return { body } of an answer that was taken, else { faults, code }, the faults as showErrors takes them, never empty.
 * Taken is 204, and JSON, or a page where `page` is wanted. `form` has the fields that a problem names.
 */
export async function readAnswer(answer, form, page = false) {
  const text = await answer?.text().catch(() => null);
  if (text == null) return { faults: [{ field: null, sentence: unreached }] };
  const { status, ok } = answer; // a hotel's network answers 200 with a page of its own
  const body = parsed(text);
  if (ok && (page || status === 204)) return { body: text };
  if (ok && body) return { body };
  const found = ok ? [] : body ? inProblem(body, form) : inPage(text);
  const said = found.filter(({ sentence }) => sentence);
  return { code: body?.code, faults: said.length ? said : [{ field: null, sentence: unclear }] };
}

/** Serve a form that a script sends, once at a time. `send` gets the event, and returns the faults to show, if any. */
export function serveForm(form, summary, send) {
  let sending = false;
  serveSummary(summary);
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    clearErrors(form, summary);
    const faults = await send(event).catch(() => [{ field: null, sentence: unclear }]);
    sending = false;
    if (faults?.length) showErrors(form, faults, summary);
  };
}
