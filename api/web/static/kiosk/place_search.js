// Type-ahead in an authority's table at the kiosk: the table is one of the kiosk's own files, so no network is needed.

const MIN_LETTERS = 2;
const SHOWN = 6;
const tables = new Map(); // by question: [{ name, words, own }]

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const begins = (words, typed) => typed.every((start) => words.some((word) => word.startsWith(start)));
const ownName = (name) => name.replace(/ \([^(]*\)$/, "");

/** Have a question's answers searched in the table of a registry; any text is taken while it cannot be loaded. */
export async function useTable(part, registry) {
  if (!part?.querySelector(".found")) return;
  tables.delete(part);
  const answer = await fetch(`/static/tables/${registry}.${part.dataset.fact}.json`).catch(() => null);
  if (!answer?.ok) return;
  const names = await answer.json();
  tables.set(part, names.map((name) => ({ name, words: fold(name), own: fold(ownName(name)) })));
}

const same = (one, other) => one.join(" ") === other.join(" ");

/** Return the entries that a text may mean, the closest names first. */
function search(entries, text) {
  const typed = fold(text);
  if (typed.join("").length < MIN_LETTERS) return [];
  const far = ({ own }) => (same(own, typed) ? 0 : own[0]?.startsWith(typed[0]) && begins(own, typed) ? 1 : 2);
  const found = entries.filter(({ words }) => begins(words, typed));
  return found.sort((one, other) => far(one) - far(other) || one.name.localeCompare(other.name)).slice(0, SHOWN);
}

/** Return whether a question's answer is the name of an entry, or of one alone; a question without a table takes any text. */
export function isKnown(part) {
  const entries = tables.get(part);
  if (!entries) return true;
  const typed = fold(part.querySelector("input").value);
  const meant = entries.filter(({ words, own }) => same(words, typed) || same(own, typed));
  return meant.some(({ words }) => same(words, typed)) || meant.length === 1;
}

/** Show what is found below a question's input; pressing one enters its name. */
export function prepareSearch(part) {
  const list = part.querySelector(".found");
  if (!list) return;
  const input = part.querySelector("input");
  input.addEventListener("input", () => {
    const found = search(tables.get(part) ?? [], input.value).map(({ name }) => {
      const choice = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: name });
      choice.onclick = () => {
        input.value = name;
        list.hidden = true;
      };
      return choice;
    });
    list.replaceChildren(...found);
    list.hidden = !found.length;
  });
}
