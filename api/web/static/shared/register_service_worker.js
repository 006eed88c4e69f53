// Registers the service worker that stores the offline pages, in the language of this page.

/** Register it; without service workers (no TLS, a private window) the pages work online only. */
export async function keepOffline() {
  await navigator.serviceWorker?.register(`/sw.js?lang=${document.documentElement.lang}`).catch(() => {});
}
