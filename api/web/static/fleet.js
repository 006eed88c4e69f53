// The tester's grid: what each lock says of itself is put in place every second; what is unfolded stays unfolded.

import { replaceLiveParts } from "./wait.js";

const EVERY = 1000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [then, now] = [document, fresh].map((page) => page.querySelectorAll(".lock").length);
  if (then === now) replaceLiveParts(fresh);
  else location.reload();
}

setInterval(() => refresh().catch(() => {}), EVERY);
