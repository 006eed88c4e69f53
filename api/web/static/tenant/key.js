// The holder's key pair: created in this browser, not extractable, stored in IndexedDB. Signatures follow the HTTP API.

const STORE = "keys";
const PENDING = "pending:";
const CODES = "codes";
const NEAR = "near:";
const STORE_TIMEOUT_MS = 3000; // some browsers neither open nor refuse: private windows, a full disk, another tab's upgrade
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

function openStore() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("lodgekey", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Reject if `work` takes longer than `milliseconds`. */
export function inTime(work, milliseconds) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("timeout")), milliseconds); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function inStore(mode, work) {
  const database = await openStore();
  try {
    return await new Promise((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

const findPair = (name) => inStore("readonly", (store) => store.get(name));
const keepPair = (name, pair) => inStore("readwrite", (store) => store.put(pair, name));

export const findCodes = () => findPair(CODES);
export const keepCodes = (codes) => keepPair(CODES, codes);
/** Offline unlock data of each key: {id, unit, pair, credential, lock, expires}. */
export const keepNear = (id, held) => keepPair(NEAR + id, held);
export const findNear = (id) => findPair(NEAR + id);
export const allNear = () => inStore("readonly", (store) => store.getAll(IDBKeyRange.bound(NEAR, `${NEAR}\uffff`)));
/** Delete codes and what opens a lock offline; the pairs stay: with them a tenant can still ask for erasure. */
export async function dropWhatOpens() {
  await inStore("readwrite", (store) => store.delete(CODES));
  await inStore("readwrite", (store) => store.delete(IDBKeyRange.bound(NEAR, `${NEAR}\uffff`)));
}

export function canHoldKeys() {
  try {
    return Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
  } catch {
    return false; // some browsers throw where storage is blocked
  }
}

/** Create the pair for a registration; return its public key as JWK text. Stored as "pending:<x>" until its key exists. */
export async function holderKeyForRegistration() {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  await keepPair(PENDING + x, pair);
  return JSON.stringify({ kty, crv, x, y });
}

/** Like holderKeyForRegistration; "" if this browser stores no keys or does not answer in time. Never rejects. */
export async function holderKeyIfPossible() {
  if (!canHoldKeys()) return "";
  return inTime(holderKeyForRegistration(), STORE_TIMEOUT_MS).catch(() => "");
}

/** Return the pairs that may hold key `id`: its own, else all pending ones; only a signed request shows which. */
export async function pairsFor(id) {
  const own = await findPair(id);
  if (own) return [own];
  const waiting = await inStore("readonly", (store) => store.getAllKeys(IDBKeyRange.bound(PENDING, `${PENDING}\uffff`)));
  return Promise.all(waiting.map(findPair));
}

/** Store `pair` as the one of key `id`. It also stays pending: an offer may lead to keys of several locks. */
export const bind = (id, pair) => keepPair(id, pair);

export function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Return {at, nonce, signature} over "lodgekey-<act>\n<id>\n<at>\n<nonce>", `more` in further lines; raw r||s (IEEE P1363). */
export async function proof(pair, act, id, ...more) {
  const at = Math.floor(Date.now() / 1000);
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const words = new TextEncoder().encode([`lodgekey-${act}`, id, at, nonce, ...more].join("\n"));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, words);
  return { at, nonce, signature: base64url(signature) };
}
