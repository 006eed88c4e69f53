// Reports to the gateway that a person opened the landlord's link. GET does not: link previews and crawlers send it too.

function open() {
  // Read to the end: an answer that no cache keeps holds its connection until then. Sending the form opens it too.
  fetch("/api/v1/onboarding/open", { method: "POST", keepalive: true }).then((answer) => answer.text()).catch(() => {});
}

// A prerendered page is not opened until it is shown.
if (document.prerendering) document.addEventListener("prerenderingchange", open, { once: true });
else open();
