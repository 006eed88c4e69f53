// Serves the key page and a landlord's pages offline. Its cache holds static files and two pages without personal data;
// the tenant's data (codes, landlord's telephone) is in IndexedDB, written by the key page itself.

const CACHE = "lodgekey-offline-5";
const LANGUAGE = encodeURIComponent(new URL(location).searchParams.get("lang") ?? "en");
const AWAY = { key: `/key/offline?lang=${LANGUAGE}`, landlord: `/offline?lang=${LANGUAGE}` };
const MODULES = [
  ...["offline", "key", "keypad_codes", "ble_button", "ble_unlock", "edhoc", "aes_ccm"].map((name) => `tenant/${name}`),
  "shared/polling",
  "shared/register_service_worker",
  "landlord/retry",
];
const FILES = [...Object.values(AWAY), ...MODULES.map((name) => `/static/${name}.js`)];

// Fetched without cookies, so that the cache holds no account's page.
const asAnybody = (addresses) => addresses.map((address) => new Request(address, { credentials: "omit" }));

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(asAnybody(FILES));
  const pages = await Promise.all(Object.values(AWAY).map(async (page) => (await cache.match(page)).text()));
  const named = pages.flatMap((page) => [...page.matchAll(/\/static\/[\w./-]+\?v=\w+/g)].map(([address]) => address));
  await cache.addAll(asAnybody([...new Set(named)]));
}

/** Return the offline page for a path, or null. */
function standIn(pathname) {
  if (pathname === "/key" || pathname === "/onboarding") return AWAY.key;
  const landlords = ["/", "/login", "/account", "/landlord"].includes(pathname) || pathname.startsWith("/landlord/");
  return landlords ? AWAY.landlord : null;
}

async function fromNetworkOrCache(request, kept) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(CACHE)).match(kept);
    if (found) return found;
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
  if (origin !== location.origin || event.request.method !== "GET") return;
  const kept = event.request.mode === "navigate" ? standIn(pathname) : pathname.startsWith("/static/") && event.request;
  if (kept) event.respondWith(fromNetworkOrCache(event.request, kept));
});
