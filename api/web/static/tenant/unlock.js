// Hold to unlock: hold for a second by finger, mouse or Space, or press Enter twice; then the lock's answer is shown.

import { bind, findNear, pairsFor, proof } from "./key.js";
import { offerNear, prepareNear } from "./ble_button.js";
import { saveCodes } from "./keypad_codes.js";
import { manageFamily, manageStay } from "./stay.js";
import { refresh } from "../shared/live_parts.js";

const HOLD = 1000; // ms
const ANSWER_TIMEOUT = 3000; // ms until the page reports that the lock has not answered yet
const LIMIT = 15000; // ms; the command expires after ten seconds
const REFRESH_AFTER = [300, 1500, 6000]; // ms
const ARMED = 5000; // ms in which a second press counts

class Unlocker {
  constructor(section, pair) {
    this.id = section.dataset.key;
    this.say = section.dataset;
    this.pair = pair;
    this.button = section.querySelector(".hold");
    this.outcome = section.querySelector(".outcome");
    this.busy = false;
    this.timer = 0;
    this.armedUntil = 0;
  }

  show(tone, title, hint = "") {
    this.outcome.className = `outcome ${tone}`;
    this.outcome.querySelector("strong").textContent = title;
    this.outcome.querySelector("span").textContent = hint;
  }

  label(text) {
    this.button.querySelector("span").textContent = text;
  }

  begin() {
    if (this.busy || this.timer) return;
    this.button.classList.remove("open");
    this.button.classList.add("held");
    this.label(this.say.keep);
    this.timer = setTimeout(() => { this.release(); this.unlock(); }, HOLD);
  }

  release() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.button.classList.remove("held");
    if (!this.busy) this.label(this.say.hold);
  }

  // Screen readers, switches and short key presses cannot hold: a second press within five seconds counts.
  press() {
    if (this.busy) return;
    if (Date.now() < this.armedUntil) {
      this.armedUntil = 0;
      this.unlock();
      return;
    }
    this.armedUntil = Date.now() + ARMED;
    this.label(this.say.again);
    setTimeout(() => { if (!this.busy && Date.now() >= this.armedUntil) this.label(this.say.hold); }, ARMED + 100);
  }

  async ask() {
    const answer = await fetch(`/api/v1/keys/${this.id}/unlock`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(await proof(this.pair, "unlock", this.id)),
      signal: AbortSignal.timeout(LIMIT),
    });
    const body = await answer.json();
    return answer.ok ? body : { outcome: "problem", sentence: document.documentElement.lang === "en" ? body.detail : undefined };
  }

  tell(answer) {
    const seconds = (answer.ms / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    if (answer.outcome === "unlocked") {
      this.button.classList.add("open");
      this.show("good", this.say.unlocked, this.say.unlockedHint.replace("{seconds}", seconds));
      navigator.vibrate?.(80);
    } else if (answer.outcome === "no_answer") {
      this.show("care", this.say.noAnswer, this.say.noAnswerHint);
    } else if (answer.outcome === "refused" || answer.outcome === "failed") {
      this.show("bad", this.say.refused, this.say.failedHint);
    } else {
      this.show("bad", this.say.failed, answer.sentence ?? this.say.failedHint);
    }
  }

  async unlock() {
    if (this.busy) return;
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    this.label(this.say.asking);
    this.show("", this.say.asking);
    const unanswered = setTimeout(() => this.show("care", this.say.waiting, this.say.waitingHint), ANSWER_TIMEOUT);
    try {
      if (!navigator.onLine) this.show("bad", this.say.offline, this.say.offlineHint);
      else this.tell(await this.ask());
    } catch {
      this.show("care", this.say.noAnswer, this.say.noAnswerHint); // unknown whether the command was sent
    } finally {
      clearTimeout(unanswered);
      this.busy = false;
      this.button.removeAttribute("aria-disabled");
      this.label(this.say.hold);
      for (const ms of REFRESH_AFTER) setTimeout(refresh, ms); // the lock reports its bolt shortly after its answer
    }
  }

  listen() {
    const { button } = this;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.begin();
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) button.addEventListener(end, () => this.release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => { if (event.key === " " && !event.repeat) this.begin(); });
    button.addEventListener("keyup", (event) => { if (event.key === " ") this.release(); });
    button.addEventListener("click", (event) => { if (event.detail === 0) this.press(); });
  }
}

// Return this key's pair if this phone is its holder, by a signed request to the gateway; offline, by stored data.
async function holderOf(id) {
  for (const pair of await pairsFor(id).catch(() => [])) {
    const { at, nonce, signature } = await proof(pair, "read", id);
    const answer = await fetch(`/api/v1/keys/${id}`, { headers: { "Holder-Proof": `${at}.${nonce}.${signature}` } }).catch(() => null);
    if (answer?.ok) {
      await bind(id, pair);
      answer.json().then((key) => saveCodes(key.passcodes)).catch(() => {}); // unlocking works without storage
    }
    if (!answer || ![401, 403, 404].includes(answer.status)) return pair;
  }
  return undefined;
}

async function start(section) {
  const pair = await holderOf(section.dataset.key);
  section.querySelector(".not-here").hidden = Boolean(pair);
  const unlocker = new Unlocker(section, pair);
  if (pair) {
    manageStay(section.dataset.key, pair);
    manageFamily(section.dataset.key, pair);
  }
  if (!pair || !unlocker.button) return;
  unlocker.button.hidden = false;
  section.querySelector(".hint").hidden = false;
  unlocker.listen();
  const { key: id } = section.dataset;
  await prepareNear(id, pair).catch(() => {}); // no network or no storage: data stored earlier is used
  offerNear(section.querySelector(".nearby"), unlocker.outcome, await findNear(id).catch(() => undefined), section.dataset);
}

const offline = document.querySelector("#offline");
const showOffline = () => { offline.hidden = navigator.onLine; };
addEventListener("online", showOffline);
addEventListener("offline", showOffline);
showOffline();
for (const section of document.querySelectorAll(".key")) start(section);
