// While something is awaited (a person, the lock, the registry) the page looks again and shows the new one when it differs.

const EVERY = 3000;
const told = (page) => [...page.querySelectorAll("[data-wait]")].map((part) => part.dataset.wait).join(";");

async function look() {
  if (document.querySelector("details[open]") || document.querySelector(".hold[aria-disabled]")) return; // somebody is busy here
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.redirected) location.replace(answer.url);
    else if (told(fresh) !== told(document)) location.replace(location.pathname);
  } catch {
    // offline: what is shown stays, the next look may succeed
  }
}

if (told(document)) setInterval(look, EVERY);
