// Updates the ages on an open page: an old state must not look fresh.

const language = document.documentElement.lang;
const format = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });

export function tellAge(seconds) {
  if (seconds < 60) return format.format(-Math.max(0, Math.floor(seconds)), "second");
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return format.format(-Math.floor(seconds / 3600), "hour");
  return format.format(-Math.floor(seconds / 86400), "day");
}

export function refreshAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    time.textContent = tellAge((Date.now() - Date.parse(time.dateTime)) / 1000);
  }
}

setInterval(refreshAges, 5000);
