// On a page shown for want of a network: back to what was asked for once the gateway answers.

const OWN = { "/offline": "/landlord", "/key/offline": "/key" };

// "online" is no promise that the gateway is reached: it is asked, at once and again.
async function goBack() {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.replace(OWN[location.pathname] ?? location.pathname);
}
addEventListener("online", goBack);
setInterval(goBack, 4000);
