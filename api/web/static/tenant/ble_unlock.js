// Unlocks a lock over Bluetooth without a network: one handshake, one sealed command, one sealed answer.
// A command is never repeated automatically: after a timeout it is unknown whether the bolt moved.

import { join, open, seal } from "./aes_ccm.js";
import { Handshake } from "./edhoc.js";

const SERVICE = "6c6f6467-656b-4579-8000-000000000001";
const INLET = "6c6f6467-656b-4579-8000-000000000002";
const OUTLET = "6c6f6467-656b-4579-8000-000000000003";
const PHONE = 5; // kind of message: the offline handshake
const PIECE = 100; // bytes of a fragment with its header; a link with smaller packets cuts them itself
const LAST = 0x80;
const ANSWER_MS = 4000; // limit against relay attacks, which delay the reply
const CONTEXT = new TextEncoder().encode("lodgekey-offline-v1");
const [COMMAND_KEY, ANSWER_KEY, KEY_LENGTH] = [201, 202, 16];
const [SEALED, FAILED] = [1, 0];
const UNLOCK = Uint8Array.of(0xa1, 0x01, 0x66, ...new TextEncoder().encode("unlock")); // {1: "unlock"}

export const hasBluetooth = () => Boolean(navigator.bluetooth?.requestDevice);

/** The lock ended the session; the message is its reason. */
export class Refused extends Error {}

/** The command was sent, and its result is unknown. */
export class Unanswered extends Error {}

function fragments(message) {
  const room = PIECE - 1, count = Math.ceil(message.length / room);
  return Array.from({ length: count }, (_, at) =>
    join(Uint8Array.of(at | (at === count - 1 ? LAST : 0)), message.subarray(at * room, (at + 1) * room)));
}

/** Reassemble fragments; incomplete messages are dropped. `onMessage` gets the body of each handshake message. */
function gather(onMessage) {
  let pieces = [];
  return (fragment) => {
    const place = fragment[0] & 0x7f;
    if (place === 0) pieces = [];
    if (place !== pieces.length || fragment.length < 2) { pieces = []; return; }
    pieces.push(fragment.subarray(1));
    if (!(fragment[0] & LAST)) return;
    const whole = join(...pieces);
    pieces = [];
    if (whole[0] === PHONE && whole.length > 3) onMessage(whole.subarray(3));
  };
}

async function converse(server) {
  const service = await server.getPrimaryService(SERVICE);
  const [inlet, outlet] = await Promise.all([service.getCharacteristic(INLET), service.getCharacteristic(OUTLET)]);
  let deliver = () => {};
  const collect = gather((body) => deliver(body));
  outlet.addEventListener("characteristicvaluechanged", ({ target: { value } }) => {
    collect(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  });
  await outlet.startNotifications();
  return async (body) => {
    const reply = new Promise((resolve, reject) => {
      deliver = resolve;
      setTimeout(() => reject(new Error("silence")), ANSWER_MS);
    });
    reply.catch(() => {}); // if a write fails first, its error is thrown
    for (const piece of fragments(join(Uint8Array.of(PHONE, 0, 0), body))) await inlet.writeValueWithResponse(piece);
    const answer = await reply;
    if (answer[0] === FAILED) throw new Refused(new TextDecoder().decode(answer.subarray(1)));
    return answer;
  };
}

/** Decode the first item of deterministic CBOR (RFC 8949; the types in a lock's answer only); return it and its end. */
function decode(bytes, at = 0) {
  const kind = bytes[at] >> 5, small = bytes[at] & 31;
  const wide = small < 24 ? 0 : 2 ** (small - 24);
  if (small > 27 || at + 1 + wide > bytes.length) throw new Error("not an answer");
  const number = wide ? bytes.subarray(at + 1, at + 1 + wide).reduce((sum, byte) => sum * 256 + byte, 0) : small;
  let end = at + 1 + wide;
  if (kind === 0) return [number, end];
  if (kind === 2 || kind === 3) {
    const content = bytes.subarray(end, end + number);
    return [kind === 3 ? new TextDecoder().decode(content) : content, end + number];
  }
  if (kind !== 4 && kind !== 5) throw new Error("not an answer");
  const items = [];
  for (let left = kind === 5 ? number * 2 : number; left; left -= 1) {
    const [item, next] = decode(bytes, end);
    items.push(item);
    end = next;
  }
  return [kind === 4 ? items : new Map(items.flatMap((key, place) => (place % 2 ? [] : [[key, items[place + 1]]]))), end];
}

function nonceOf(place) {
  const nonce = new Uint8Array(13);
  nonce[12] = place;
  return nonce;
}

async function openAnswer(sealed, key, place) {
  if (sealed[0] !== SEALED) throw new Error("not an answer");
  const [answer] = decode(await open(key, nonceOf(place), sealed.subarray(1), CONTEXT));
  return { outcome: answer.get(1), code: answer.get(2), bolt: answer.get(3) };
}

/** Unlock over an `exchange` of whole messages; return {outcome, code, bolt} as sealed by the lock. Throws Refused,
 * Unanswered, or another error if the command was not sent. */
export async function unlockOver(exchange, { pair, credential, lock }) {
  const handshake = new Handshake(pair, lock);
  const third = await handshake.third(await exchange(await handshake.first()), credential);
  const [command, answer] = await Promise.all([COMMAND_KEY, ANSWER_KEY].map((label) => handshake.export(label, CONTEXT, KEY_LENGTH)));
  const ready = await openAnswer(await exchange(third), answer, 0);
  if (ready.outcome !== "done") return ready;
  const sealed = join(Uint8Array.of(SEALED), await seal(command, nonceOf(0), UNLOCK, CONTEXT));
  try {
    return await openAnswer(await exchange(sealed), answer, 1);
  } catch (error) {
    throw new Unanswered(error.message);
  }
}

/** Unlock the lock chosen in the browser's dialog. Rejects with NotFoundError if none is chosen. */
export async function unlockNearby(held) {
  const device = await navigator.bluetooth.requestDevice({ filters: [{ services: [SERVICE] }] });
  const server = await device.gatt.connect();
  try {
    return await unlockOver(await converse(server), held);
  } finally {
    server.disconnect();
  }
}
