// How the head is to turn, in large arrows, while the kiosk's own camera films.

const POSES_MS = { first: 1000, turn: 1600, middle: 900 }; // a terminal's camera films to the same measure
const SOON = 250; // ms
const CHALLENGE_TIMEOUT = 10000; // ms; without an answer nobody is held up: a person looks at the face instead
const section = document.querySelector("[data-step=turns]");
const words = section.querySelector(".pose");
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function show(pose) {
  section.dataset.pose = pose;
  words.textContent = words.dataset[pose];
}

/** The turns the gateway asks for; none without a network, or where it gives no more tries. */
async function askForTurns(ask) {
  const answer = await ask("POST", "/visit/turns");
  if (!answer.ok || !(await answer.json()).asked) return [];
  for (const since = Date.now(); Date.now() - since < CHALLENGE_TIMEOUT; await pause(SOON)) {
    const status = await fetch("/status").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (status?.turns) return status.turns;
  }
  return [];
}

/** Asks, shows and films, as far as that can be done. */
export async function filmTurns(ask) {
  show("middle");
  const turns = await askForTurns(ask);
  if (!turns.length) return;
  const filmed = ask("POST", "/visit/turns/film");
  await pause(POSES_MS.first);
  for (const turn of turns) {
    show(turn);
    await pause(POSES_MS.turn);
    show("middle");
    await pause(POSES_MS.middle);
  }
  await filmed;
}
