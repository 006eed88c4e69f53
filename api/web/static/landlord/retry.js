// On an offline page: returns to the requested page once the gateway answers.

import { poll, replacePage } from "../shared/polling.js";

const OWN = { "/offline": "/landlord", "/key/offline": "/key" };

// "online" does not mean that the gateway is reachable: check it at once, and repeatedly.
async function goBack() {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) replacePage(OWN[location.pathname] ?? location.pathname);
}
addEventListener("online", goBack);
poll(goBack, 4000);
