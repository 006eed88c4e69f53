// The kiosk's page: one step at a time. Inputs are in the kiosk's memory; leaving wipes page and memory.

import { answers, anyAsked, askFor, begin as beginFacts, correct, isAsked, prepare as prepareFacts } from "./facts.js";
import { filmTurns } from "./head_turns.js";

const WARN = 15; // seconds before the wipe
const POLL_INTERVAL = 1000; // ms
const SOON = 250; // ms, while waiting for the offer's summary
const ANSWER_TIMEOUT = 10000; // ms; without an answer the visit continues: the gateway checks the offer again at the end
const OF_FACE = ["face", "clip"];
const { dataset: say } = document.body;
const $ = (selector, within = document) => within.querySelector(selector);
const step = (name) => $(`[data-step=${name}]`);
let at = "welcome";
let typed = "";
let sent = false;
let named = false; // unit and landlord are shown
let mending = false; // the gateway refused answers, which are being corrected
let withFace = false; // what was handed in last had a face

async function ask(method, path, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 410) wipe(); // expired: the visit is wiped
  return answer;
}

/** Show one step and move the focus to its heading, for screen readers. */
function go(name) {
  step(at).hidden = true;
  at = name;
  step(at).hidden = false;
  for (const problem of document.querySelectorAll(".problem")) problem.hidden = true;
  $("#leave").hidden = at === "welcome";
  scrollTo(0, 0);
  $("h1", step(at)).focus();
}

/** Reload: a new page holds nothing of the visit. */
async function wipe() {
  await fetch("/visit", { method: "DELETE" }).catch(() => {});
  location.replace("/");
}

function complain(kind) {
  const problem = $(".problem", step(at));
  problem.textContent = problem.dataset[kind] ?? say[kind] ?? say.failed;
  problem.hidden = false;
}

const kindOf = (answer) => ({ 409: "none", 422: "wrong", 507: "full" })[answer.status] ?? "failed";

async function begin(language) {
  await ask("POST", "/visit", { language });
  if (language === document.documentElement.lang) go("code");
  else location.replace(`/?lang=${language}#begun`);
}

async function takeCode(path, body) {
  const answer = await ask("POST", path, body);
  if (!answer.ok) return complain(kindOf(answer));
  if (!(await answer.json()).asked) return go("document");
  go("asking");
  const since = Date.now();
  while (at === "asking") {
    await showStatus();
    if (at === "asking" && Date.now() - since > ANSWER_TIMEOUT) go("document");
    await new Promise((done) => setTimeout(done, SOON));
  }
}

/** Show the offer's summary; a refused offer ends the visit at any step. */
function learn(offer) {
  if (offer.refused) {
    if (at !== "refused") conclude("refused", { code: offer.refused });
    return;
  }
  if (!named) {
    named = true;
    const line = $("#offer");
    line.textContent = line.dataset.words.replace("{unit}", offer.unit).replace("{landlord}", offer.landlord);
    line.hidden = false;
    askFor(offer);
    $(".others").hidden = !offer.others;
    $(".group").hidden = !offer.groups;
  }
  if (at === "asking") go("document");
}

function goToFacts(last) {
  beginFacts(last);
  go("facts");
}

function showTyped() {
  const signs = typed.padEnd(9, "·");
  $("#typed").textContent = [signs.slice(0, 3), signs.slice(3, 6), signs.slice(6)].join("-");
  $("#use-code").disabled = typed.length < 9;
}

async function shoot(section, path) {
  const button = $(".shoot", section);
  button.disabled = true;
  const answer = await ask("POST", path);
  button.disabled = false;
  if (!answer.ok) return complain(kindOf(answer));
  const picture = $("figure img", section);
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(await answer.blob());
  $("figure", section).hidden = false;
  $(".before", section)?.remove();
  button.classList.remove("primary");
  button.textContent = button.dataset.again ?? button.textContent;
  $(".next", section).hidden = false;
  $(".problem", section).hidden = true;
}

async function send(face) {
  const ticked = (name) => ($(`.${name}`).hidden ? null : $(`#${name}`).checked);
  const answer = await ask("POST", "/visit/registration", { registration: $("#agree").checked, face, guardian: $("#guardian").checked, text_version: say.version, facts: answers(), others: ticked("others"), group: ticked("group") });
  if (!answer.ok) return complain(kindOf(answer));
  withFace = face;
  sent = true;
  mending = false;
  go("wait");
}

/** Film the head turns, then hand in; does nothing further if the tenant has left this step for a person's check. */
async function turn() {
  go("turns");
  await filmTurns(ask);
  if (at === "turns") send(true);
}

async function showLink(section) {
  const answer = await fetch("/visit/link.svg");
  const box = $(".qr", section);
  if (!box || !answer.ok) return;
  $("img", box).src = URL.createObjectURL(await answer.blob());
  box.hidden = false;
  $(".own-link", section).hidden = true;
}

/** Go to where a refused field is given again: its question, the camera, or the document, from which the rest is read. */
function leadTo(field, sentence) {
  if (isAsked(field)) {
    correct(field, sentence);
    return go("facts");
  }
  go(OF_FACE.includes(field) ? "face" : "document");
  const problem = $(".problem", step(at));
  problem.textContent = sentence;
  problem.hidden = false;
}

/** List what the gateway refused: a sentence for each field, which leads to where it is given. */
function mend({ lines, fields }) {
  sent = false;
  mending = true;
  const items = lines.map((sentence, number) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: sentence });
    link.onclick = () => leadTo(fields[number], sentence);
    item.append(link);
    return item;
  });
  $(".errors", step("mend")).replaceChildren(...items);
  go("mend");
}

function forgetPictures() {
  for (const picture of document.querySelectorAll("figure img")) {
    URL.revokeObjectURL(picture.src);
    picture.removeAttribute("src");
  }
}

function conclude(name, answer = {}) {
  forgetPictures();
  go(name);
  const section = step(name);
  const reason = [...document.querySelectorAll("#reasons dt")].find((code) => code.textContent === answer.code);
  const sentence = answer.lines?.[0] ?? reason?.nextElementSibling.textContent;
  if (name === "refused" && sentence) {
    $(".reason", section).textContent = sentence;
    $(".reason", section).hidden = false;
  }
  if (name === "registered" && answer.code) {
    $(".passcode .code", section).textContent = answer.code;
    $(".passcode", section).hidden = false;
  }
  if (name !== "refused") showLink(section);
}

/** Show the gateway's answer, or that the registration is stored until the network is back. */
function follow(status) {
  if (!sent) return;
  if (status.answer?.screen === "received") return;
  if (status.answer?.fields?.length) return mend(status.answer);
  if (status.answer && at !== status.answer.screen) conclude(status.answer.screen, status.answer);
  else if (!status.answer && at === "wait" && !status.online) conclude("kept");
}

function warn(left) {
  const dialog = $("#still");
  $("p", dialog).textContent = say.still.replace("{n}", left);
  if (left > WARN || left === 0) dialog.close();
  else if (!dialog.open) dialog.showModal();
}

function tell(element, text) {
  if (element.textContent !== text) element.textContent = text; // unchanged: screen readers do not repeat it
}

async function showStatus() {
  const status = await fetch("/status").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  if (!status) return;
  tell($("#link"), status.online ? say.online : say.offline);
  $("#link").classList.toggle("off", !status.online);
  tell($("#queue"), status.waiting ? say.waiting.replace("{n}", status.waiting) : "");
  if (at === "welcome") return;
  if (status.seconds_left === 0) wipe();
  warn(status.seconds_left);
  if (status.offer && !sent) learn(status.offer);
  follow(status);
}

let touched = 0;
function touch() {
  if (at === "welcome" || Date.now() - touched < 2000) return;
  touched = Date.now();
  ask("POST", "/visit/touch");
}

for (const button of document.querySelectorAll(".language")) button.onclick = () => begin(button.value);
for (const button of document.querySelectorAll("[data-go]")) button.onclick = () => go(button.dataset.go);
for (const button of document.querySelectorAll(".done")) button.onclick = wipe;
for (const key of document.querySelectorAll(".keys [value]")) key.onclick = () => { typed = (typed + key.value).slice(0, 9); showTyped(); };
$("#erase").onclick = () => { typed = typed.slice(0, -1); showTyped(); };
$("#use-code").onclick = () => takeCode("/visit/code", { code: typed });
$("#scan-code").onclick = () => takeCode("/visit/code/scan");
$("#leave").onclick = wipe;
$("#still button").onclick = () => { $("#still").close(); touched = 0; touch(); };
$(".shoot", step("document")).onclick = () => shoot(step("document"), "/visit/document");
$("#scanned").onclick = () => (mending ? go("mend") : anyAsked() ? goToFacts() : go("consent"));
$("#from-consent").onclick = () => (anyAsked() ? goToFacts(true) : go("document"));
prepareFacts(() => go(mending ? "mend" : "document"), () => go(mending ? "mend" : "consent"));
$("#send-again").onclick = () => send(withFace);
$("#agree").onchange = () => { $("#agreed").disabled = !$("#agree").checked; };
$("#agreed").onclick = () => go("face");
$("#ask-person").onclick = () => send(false);
$("#agree-face").onchange = () => { $(".shoot", step("camera")).disabled = !$("#agree-face").checked; };
$(".shoot", step("camera")).onclick = () => shoot(step("camera"), "/visit/face");
$("#turn-head").onclick = () => { if ($("#agree-face").checked) turn(); };
$("#turn-person").onclick = () => send(false);
addEventListener("pointerdown", touch);
addEventListener("keydown", touch);
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("pageshow", (event) => { if (event.persisted) wipe(); });
if (location.hash === "#begun") {
  history.replaceState(null, "", location.pathname + location.search);
  go("code");
}
setInterval(showStatus, POLL_INTERVAL);
showStatus();
