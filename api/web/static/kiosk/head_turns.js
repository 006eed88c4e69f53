// Shows the requested head turns as large arrows while the kiosk's camera films.

const POSES_MS = { first: 1000, turn: 1600, middle: 900 }; // the camera uses the same timing
const SOON = 250; // ms
const CHALLENGE_TIMEOUT = 10000; // ms; without an answer the visit continues, and a person checks the face
const section = document.querySelector("[data-step=turns]");
const words = section.querySelector(".pose");
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function show(pose) {
  section.dataset.pose = pose;
  words.textContent = words.dataset[pose];
}

/** Return the requested turns; none without a network, or if no attempt is left. */
async function askForTurns(ask) {
  const answer = await ask("POST", "/visit/turns");
  if (!answer.ok || !(await answer.json()).asked) return [];
  for (const since = Date.now(); Date.now() - since < CHALLENGE_TIMEOUT; await pause(SOON)) {
    const status = await fetch("/status").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (status?.turns) return status.turns;
  }
  return [];
}

/** Request, show and film the turns; does nothing without any. */
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
