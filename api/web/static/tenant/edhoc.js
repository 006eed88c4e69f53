// The phone's side of EDHOC (RFC 9528): suite 2, method 3 (static DH both ways), credentials by reference, the key's
// credential in a critical EAD_3. Counterpart: devices/wire/offline.py and the lock.

import { join, seal } from "./aes_ccm.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const HOLDER = 0x2b, LOCK = 0x0a; // kid: the role, one byte that is its own CBOR integer
const CONNECTION = 0x01; // C_I: one session a connection
const EAD_CREDENTIAL = Uint8Array.of(0x39, 0xfd, 0xe8); // -65001: critical
const EMPTY = new Uint8Array();
const MAC = 8;

const text = (words) => new TextEncoder().encode(words);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));

/** A CBOR byte string (RFC 8949 §3.1). */
export const bstr = (bytes) => join(bytes.length < 24 ? Uint8Array.of(0x40 | bytes.length) : Uint8Array.of(0x58, bytes.length), bytes);

async function extract(salt, secret) {
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, secret));
}

/** EDHOC_KDF (§4.1.2): HKDF-Expand with info = label, context, length. Locks run lakers 0.6.2, which encodes a label and
 * a context's length in one byte each, even where CBOR needs more: done here too, otherwise the keys differ. */
async function kdf(secret, label, context, length) {
  const head = context.length < 24 ? Uint8Array.of(0x40 | context.length) : Uint8Array.of(0x58, context.length & 255);
  const size = length < 24 ? Uint8Array.of(length) : Uint8Array.of(0x18, length);
  const info = join(Uint8Array.of(label), head, context, size);
  let block = EMPTY, out = EMPTY;
  for (let count = 1; out.length < length; count += 1) {
    block = await extract(secret, join(block, info, Uint8Array.of(count)));
    out = join(out, block);
  }
  return out.subarray(0, length);
}

function power(base, exponent) {
  let result = 1n;
  for (let bits = exponent; bits; bits >>= 1n) {
    if (bits & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}

const toNumber = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const toBytes = (number) => Uint8Array.from(number.toString(16).padStart(64, "0").match(/../g), (pair) => parseInt(pair, 16));

/** Return the public key of an x coordinate; either y gives the same secret. Throws if x is not on P-256. */
async function pointAt(xBytes) {
  const x = toNumber(xBytes);
  const square = (((x * x) % P) * x + (P - 3n) * x + B) % P;
  const y = power(square, (P + 1n) / 4n);
  if (x >= P || (y * y) % P !== square) throw new Error("not a point");
  return crypto.subtle.importKey("raw", join(Uint8Array.of(4), xBytes, toBytes(y)), CURVE, false, []);
}

const agree = async (own, other) => new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, own, 256));

const fromBase64 = (words) => Uint8Array.from(atob(words.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** Return the CCS of a key in a role (§3.5.2), byte for byte as the lock encodes it. */
function credentialOf({ x, y }, kid) {
  const name = text(kid.toString(16).padStart(2, "0"));
  return join(
    Uint8Array.of(0xa2, 0x02, 0x62), name, Uint8Array.of(0x08, 0xa1, 0x01, 0xa5, 0x01, 0x02, 0x02, 0x41, kid, 0x20, 0x01, 0x21),
    bstr(fromBase64(x)), Uint8Array.of(0x22), bstr(fromBase64(y)),
  );
}

const idOf = (kid) => Uint8Array.of(0xa1, 0x04, 0x41, kid); // {4: kid}

/** The phone's side of one handshake: `pair` an ECDH key pair, `lock` the lock's public JWK. */
export class Handshake {
  constructor(pair, lock) {
    this.pair = pair;
    this.lock = lock;
  }

  async first() {
    this.ephemeral = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", this.ephemeral.publicKey));
    const message = join(Uint8Array.of(3, 2), bstr(raw.subarray(1, 33)), Uint8Array.of(CONNECTION));
    this.hash1 = await sha256(message);
    return message;
  }

  /** Process message 2 of this lock, return message 3 with the key's credential; throws for another lock's. */
  async third(second, token) {
    if (second[0] !== 0x58 || second.length !== second[1] + 2 || second.length < 2 + 32 + 11) throw new Error("not a message 2");
    const gy = second.subarray(2, 34), sealed = second.subarray(34);
    const theirs = await pointAt(gy);
    const th2 = await sha256(bstr(gy), bstr(this.hash1));
    const prk2 = await extract(th2, await agree(this.ephemeral.privateKey, theirs));
    const stream = await kdf(prk2, 0, th2, sealed.length);
    const plain = sealed.map((byte, at) => byte ^ stream[at]);
    const secrets = await this.#checkLock(plain, prk2, th2);
    return this.#answer(token, theirs, secrets);
  }

  async #checkLock(plain, prk2, th2) {
    const name = plain.subarray(0, plain.length - MAC - 2); // C_R
    if (name.length !== 1 || plain[1] !== LOCK || plain[2] !== 0x40 + MAC) throw new Error("another lock");
    const lock = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: this.lock.x, y: this.lock.y }, CURVE, false, []);
    const prk3 = await extract(await kdf(prk2, 1, th2, 32), await agree(this.ephemeral.privateKey, lock));
    const credential = credentialOf(this.lock, LOCK);
    const right = await kdf(prk3, 2, join(name, idOf(LOCK), bstr(th2), credential), MAC);
    if (right.some((byte, at) => byte !== plain[3 + at])) throw new Error("another lock");
    return { prk3, th3: await sha256(bstr(th2), plain, credential) };
  }

  async #answer(token, theirs, { prk3, th3 }) {
    const own = credentialOf(await crypto.subtle.exportKey("jwk", this.pair.publicKey), HOLDER);
    const ead = join(EAD_CREDENTIAL, bstr(token));
    const prk4 = await extract(await kdf(prk3, 5, th3, 32), await agree(this.pair.privateKey, theirs));
    const mac = await kdf(prk4, 6, join(idOf(HOLDER), bstr(th3), own, ead), MAC);
    const plain = join(Uint8Array.of(HOLDER), bstr(mac), ead);
    const extra = join(Uint8Array.of(0x83, 0x68), text("Encrypt0"), Uint8Array.of(0x40), bstr(th3)); // RFC 9052 §5.3
    const sealed = await seal(await kdf(prk3, 3, th3, 16), await kdf(prk3, 4, th3, 13), plain, extra);
    const th4 = await sha256(bstr(th3), plain, own);
    this.exporter = await kdf(await kdf(prk4, 7, th4, 32), 10, EMPTY, 32);
    return bstr(sealed);
  }

  /** EDHOC_Exporter (§4.2.1), after message 3. */
  export(label, context, length) {
    return kdf(this.exporter, label, context, length);
  }
}
