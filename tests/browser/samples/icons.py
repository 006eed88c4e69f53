"""Draws the app's icons from static/shared/icon.svg in Chromium: `python -m tests.browser.samples.icons`."""

import asyncio
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

from api.web.shell.render import STATIC
from tests.browser.chromium import FLAGS, find_chromium

# A maskable icon is cut to the platform's shape: no rounded corners, and the drawing within the central four fifths.
ICONS_FOLDER: Final = STATIC / "shared"
MASKABLE: Final = "svg rect { rx: 0 } svg g { transform: translate(3.2px, 3.2px) scale(.9) }"
ICONS: Final = {"icon-192.png": (192, ""), "icon-512.png": (512, ""), "icon-maskable.png": (512, MASKABLE)}


async def draw(browser: Browser, name: str) -> bytes:
    """One icon as PNG."""
    side, style = ICONS[name]
    page = await browser.new_page(viewport={"width": side, "height": side})
    drawing = (ICONS_FOLDER / "icon.svg").read_text()
    await page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }} {style}</style>{drawing}")
    picture = await page.screenshot(omit_background=True)
    await page.close()
    return picture


async def main(folder: Path = ICONS_FOLDER) -> None:
    """Write all icons."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name in ICONS:
            (folder / name).write_bytes(await draw(browser, name))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
