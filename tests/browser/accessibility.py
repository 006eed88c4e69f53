"""Runs axe-core on a page."""

from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

AXE = Path(__file__).parent / "axe/node_modules/axe-core/axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS: Final = ("color-contrast", "link-in-text-block")  # what another theme of the same page can change
# Passed rules are only counted: listing their elements takes longer than the check itself.
RUN_AXE = """async (rules) => {
  const options = { runOnly: rules, resultTypes: ["violations"], selectors: false };
  const { passes, violations } = await axe.run(document, options);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
  return { passed: passes.length, found };
}"""


async def breaches_of(page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
    """Rules that the page violates, each with the first offending element.

    `rules` are tags or names of axe's rules: unless given, those of WCAG 2.2 AA and axe's best practices.
    """
    assert AXE.exists(), "axe-core is missing: npm ci --prefix tests/browser/axe"
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(AXE.read_text())
    reported: dict[str, Any] = await page.evaluate(RUN_AXE, list(rules))
    assert reported["passed"], f"axe looked at nothing on {page.url}"
    found: list[str] = reported["found"]
    return found
