// Lets the key page open without a network. Its cache holds our own files and one page that says nothing of anybody;
// what is the tenant's (codes, landlord's telephone) is in IndexedDB, written by the key page itself.

const CACHE = "lodgekey-offline-2";
const OFFLINE = "/key/offline";
const MODULES = ["offline", "key", "note", "nearby", "near", "edhoc", "ccm"];
const FILES = [OFFLINE, ...MODULES.map((name) => `/static/${name}.js`)];

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  const page = await (await cache.match(OFFLINE)).text();
  await cache.addAll([...page.matchAll(/\/static\/[\w.-]+\?v=\w+/g)].map(([address]) => address));
}

async function fromNetworkOrCache(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request.mode === "navigate" ? OFFLINE : request);
    if (kept) return kept;
    throw error;
  }
}

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
async function begin() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await clients.claim();
}
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const ours = origin === location.origin && event.request.method === "GET";
  const page = event.request.mode === "navigate" && (pathname === "/key" || pathname === "/door");
  if (ours && (page || pathname.startsWith("/static/"))) event.respondWith(fromNetworkOrCache(event.request));
});
