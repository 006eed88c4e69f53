"""The built documentation in a browser: every diagram is rendered, from files of the site only."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.architecture.source import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
DIAGRAMS = {path: path.read_text().count("```mermaid\n") for path in sorted((ROOT / "docs").rglob("*.md"))}
WITH_DIAGRAMS = [path for path, diagrams in DIAGRAMS.items() if diagrams]


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves the files of a folder; requests are not logged."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name for it
        """Log nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the built documentation."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-b", "html", "docs", str(folder)], cwd=ROOT, check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", WITH_DIAGRAMS, ids=lambda path: path.stem)
async def test_every_diagram_of_a_page_is_drawn(browser: Browser, site: str, path: Path, artefacts: Path) -> None:
    page = await browser.new_page(viewport={"width": 1200, "height": 1000})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{site}/{path.relative_to(ROOT / 'docs').with_suffix('.html')}")
    await page.wait_for_function(f"document.querySelectorAll('.mermaid svg').length === {DIAGRAMS[path]}")
    assert await page.locator(".mermaid svg .error-text").count() == 0
    assert {url for url in asked if not url.startswith((site, "data:", "blob:"))} == set()
    await page.screenshot(path=artefacts / f"docs-{path.stem}.png", full_page=True)
