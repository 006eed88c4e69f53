// Tells the gateway that a person opened the landlord's link. No GET does: a link preview or a crawler loads the page too.

function open() {
  fetch("/api/v1/onboarding/open", { method: "POST", keepalive: true }).catch(() => {}); // sending the form opens it as well
}

// A page that the browser prepares before anybody asked for it is not opened until it is shown.
if (document.prerendering) document.addEventListener("prerenderingchange", open, { once: true });
else open();
