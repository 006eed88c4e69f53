"""Photographs every sample page, phone and desk, both languages and themes.

`python -m tests.browser.photograph URL FOLDER [NAME…]`
"""

import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.sample_pages import SAMPLES

WINDOWS = {"phone": (390, 844), "desk": (1280, 800)}


def photograph(url: str, folder: Path, names: list[str]) -> None:
    """A PNG for each page, window, language and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for (window, (width, height)), theme in product(WINDOWS.items(), ("light", "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
            )
            tab = context.new_page()
            for name, language in product(names, ("zh", "en")):
                tab.goto(f"{url}/sample/{name}?lang={language}")
                tab.screenshot(path=folder / f"{name}-{window}-{language}-{theme}.png", full_page=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    photograph(sys.argv[1], Path(sys.argv[2]), sys.argv[3:] or list(SAMPLES))
