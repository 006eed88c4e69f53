// Optional helpers of the offer pages: one-tap lengths of stay, copying, sharing. The pages work without them.

function localValue(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const spans = document.querySelector("#spans");
if (spans) {
  spans.hidden = false;
  const from = document.querySelector("[name=from]");
  const until = document.querySelector("[name=until]");
  const hour = until.value.slice(11);
  spans.addEventListener("click", (event) => {
    const days = Number(event.target.dataset.days);
    if (!days || !from.value) return;
    // Calendar days in the unit's local time: the time of day stays the same across a change of daylight saving.
    const [year, month, day] = from.value.slice(0, 10).split("-").map(Number);
    until.value = localValue(new Date(year, month - 1, day + days)).slice(0, 11) + hour;
  });
}

for (const link of document.querySelectorAll(".link")) {
  const card = link.closest("section");
  const copy = card.querySelector(".copy");
  const share = card.querySelector(".share");
  link.addEventListener("focus", () => link.select());
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = copy.dataset.copied;
    });
  }
  if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => navigator.share({ text: share.dataset.text, url: link.value }).catch(() => {}));
  }
}
