// Reports to the gateway that a person opened the landlord's link. GET does not: link previews and crawlers send it too.

function open() {
  fetch("/api/v1/onboarding/open", { method: "POST", keepalive: true }).catch(() => {}); // sending the form also opens it
}

// A prerendered page is not opened until it is shown.
if (document.prerendering) document.addEventListener("prerenderingchange", open, { once: true });
else open();
