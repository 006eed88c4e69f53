"""Simulated registries: their clock, and the kinds of documents that the sandbox knows."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from firmware_sim.registries import clock
from firmware_sim.registries.sandbox.form import IdentityDocument
from firmware_sim.registries.slovenia import book
from gateway.domain.filings.record import DocumentKind


@pytest.fixture
def ahead() -> Iterator[None]:
    clock.set_ahead(2 * 86_400)
    yield
    clock.set_ahead(0)


@pytest.mark.usefixtures("ahead")
def test_the_clock_is_ahead_by_what_was_set() -> None:
    assert 2 * 86_400 <= clock.now() - time.time() + 1 < 2 * 86_400 + 60
    assert clock.today("UTC") >= datetime.now(UTC).date() + timedelta(days=2)


@pytest.mark.parametrize("kind", [kind for kind in get_args(DocumentKind) if kind != "none"])
def test_the_sandbox_takes_every_kind_of_document(kind: str) -> None:
    assert IdentityDocument(kind=kind, number="H12345678", country="CHN").kind == kind


@pytest.mark.usefixtures("ahead")
@pytest.mark.parametrize(("seconds", "refused"), [(-60, None), (120, "41328")])
def test_the_slovenian_guest_book_takes_arrivals_until_the_clock_that_was_set(
    seconds: int, refused: str | None
) -> None:
    arrives = datetime.fromtimestamp(clock.now() + seconds, ZoneInfo("Europe/Ljubljana")).replace(tzinfo=None)
    row = etree.Element("row", {"idNO": book.FACILITY, "drzava": "NL", "idStDok": "XR1001R58", "ttVisina": "2.50"})
    row.set("dtRoj", "1990-05-04")
    row.set("casPrihoda", arrives.isoformat(timespec="seconds"))
    found = book.fault(row)
    assert (found and found[0]) == refused
