// Has the browser keep what the pages need to open without a network, in the language of this page.

/** Registers the worker; without one (no TLS, a private window) the pages work as before, with a network only. */
export async function keepOffline() {
  await navigator.serviceWorker?.register(`/sw.js?lang=${document.documentElement.lang}`).catch(() => {});
}
