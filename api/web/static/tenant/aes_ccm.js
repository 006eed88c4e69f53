// AES-CCM with an 8-byte tag and a 13-byte nonce (RFC 3610: M = 8, L = 2), which WebCrypto lacks: built from its
// AES-CBC (for the CBC-MAC) and AES-CTR.

const TAG = 8;
const BLOCK = 16;

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
  return whole;
}

const padded = (bytes) => join(bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
const short = (number) => Uint8Array.of(number >> 8, number & 255);
const load = (key, name, use) => crypto.subtle.importKey("raw", key, name, false, [use]);

async function mac(key, nonce, message, extra) {
  const first = join(Uint8Array.of((extra.length ? 0x40 : 0) | 0x19), nonce, short(message.length));
  const head = extra.length ? padded(join(short(extra.length), extra)) : extra;
  const blocks = join(first, head, padded(message));
  const chained = await crypto.subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(BLOCK) }, await load(key, "AES-CBC", "encrypt"), blocks);
  return new Uint8Array(chained, blocks.length - BLOCK, BLOCK); // the rest is WebCrypto's padding
}

/** Encrypt tag (block 0) and message as one stream from counter 0. */
async function stream(key, nonce, bytes) {
  const counter = join(Uint8Array.of(1), nonce, Uint8Array.of(0, 0));
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 16 }, await load(key, "AES-CTR", "encrypt"), bytes));
}

export async function seal(key, nonce, message, extra) {
  const both = await stream(key, nonce, join(await mac(key, nonce, message, extra), message));
  return join(both.subarray(BLOCK), both.subarray(0, TAG));
}

/** Return the message; throws if it was not sealed with this key, nonce and extra. */
export async function open(key, nonce, sealed, extra) {
  if (sealed.length < TAG) throw new Error("too short");
  const tag = sealed.subarray(sealed.length - TAG);
  const both = await stream(key, nonce, join(tag, new Uint8Array(BLOCK - TAG), sealed.subarray(0, sealed.length - TAG)));
  const message = both.subarray(BLOCK);
  const right = await mac(key, nonce, message, extra);
  if (tag.length !== TAG || both.subarray(0, TAG).some((byte, at) => byte !== right[at])) throw new Error("not sealed by the lock");
  return message;
}
