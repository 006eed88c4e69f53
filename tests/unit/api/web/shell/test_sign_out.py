"""Whoever is signed in finds the way out on every page."""

from typing import Any

import pytest

from api.web.shell.render import render
from tests.browser.samples.pages import SAMPLES
from tests.parts.world import NOW

OF_ACCOUNTS = ("account/", "landlord/", "officer/", "tester/")
PAGES = sorted(name for name, (template, _) in SAMPLES.items() if template.startswith(OF_ACCOUNTS))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_an_account_has_the_way_to_sign_out(name: str) -> None:
    template, values = SAMPLES[name]
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW}
    html = render(template, "en", usual | values | {"role": "landlord"})
    assert html.count('<form method="post" action="/logout">') == 1
