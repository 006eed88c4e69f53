"""Takes screenshots of sample pages for review and for the docs: phone and desktop, every language and theme.

`python -m tests.browser.samples.photograph URL FOLDER [NAME…]`; with `docs` alone, it writes docs/pictures.
"""

import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from gateway.texts.languages import LANGUAGES
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.samples.pages import SAMPLES

WINDOWS = {"phone": (390, 844), "desk": (1280, 800)}
DOCS = (
    ("onboarding", "phone", "en"),
    ("key", "phone", "en"),
    ("kiosk", "desk", "en"),
    ("landlord", "phone", "en"),
    ("stay-offered", "phone", "en"),
    ("officer", "desk", "en"),
    ("tester", "desk", "en"),
)
# The key page as its holder's phone shows it, but without a key pair.
AS_HOLDER = """() => {
  document.querySelectorAll(".hold, .hint").forEach((part) => { part.hidden = false; });
  document.querySelectorAll(".not-here").forEach((part) => { part.hidden = true; });
}"""


def take(browser: Browser, url: str, target: Path, name: str, window: str, language: str, dark: bool = False) -> None:
    """One page as PNG."""
    width, height = WINDOWS[window]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    tab = context.new_page()
    tab.goto(f"{url}/sample/{name}?lang={language}")
    tab.wait_for_timeout(300)
    tab.evaluate(AS_HOLDER)
    tab.screenshot(path=target, full_page=window == "phone")
    context.close()


def photograph(url: str, folder: Path, names: list[str]) -> None:
    """One PNG for each page, viewport, language and theme; or the pictures of the docs."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        if names == ["docs"]:
            for name, window, language in DOCS:
                take(browser, url, folder / f"{name}.png", name, window, language)
        else:
            for name, window, language, dark in product(names, WINDOWS, LANGUAGES, (False, True)):
                theme = "dark" if dark else "light"
                take(browser, url, folder / f"{name}-{window}-{language}-{theme}.png", name, window, language, dark)
        browser.close()


if __name__ == "__main__":
    photograph(sys.argv[1], Path(sys.argv[2]), sys.argv[3:] or list(SAMPLES))
