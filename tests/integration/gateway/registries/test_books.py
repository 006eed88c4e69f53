"""The audit of an authority's books finds a person who is missing, held twice, or held with another day."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.books.audit import READERS, differences
from benchmarks.books.visit import Row, Visit
from benchmarks.crowds.crowd import Run
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.simulated import simulated
from benchmarks.parties.parties import crowd

ANN = Visit("1990-01-02", "2026-11-30", "2026-12-04")
BEN = Visit("1985-05-06", "2026-12-01", "2026-12-04")
TWICE = replace(ANN, records=2)
TWIN = replace(ANN, arrives="2026-12-02")


@pytest.mark.parametrize(
    ("held", "kinds", "people"),
    [
        ([ANN, BEN, TWIN], [], 0),
        ([BEN, TWIN], ["missing"], 1),
        ([TWICE, BEN, TWIN], ["held once too often"], 1),
        ([ANN, BEN, BEN, TWIN], ["held once too often"], 1),
        ([ANN, replace(BEN, arrives="2026-11-30"), TWIN], ["arrives"], 1),
        ([replace(ANN, leaves=""), BEN, TWIN], ["leaves"], 1),
        ([ANN, replace(BEN, arrives="2026-12-02", leaves="2026-12-03"), TWIN], ["arrives and leaves"], 1),
        ([ANN, BEN, ANN], ["arrives"], 1),
        ([replace(BEN, born="1985-06-05"), ANN, TWIN], ["missing", "held once too often"], 2),
    ],
)
def test_each_way_in_which_books_can_be_wrong_is_named(held: list[Visit], kinds: list[str], people: int) -> None:
    found = list(differences([ANN, BEN, TWIN], held))
    assert [one.kind for one in found] == kinds
    assert sum(one.people for one in found) == people


@pytest.mark.parametrize(
    ("states", "corrects", "held"),
    [
        ("a", [None], ["2026-12-01"]),
        ("aa", [None, "r0"], ["2026-12-02"]),
        ("aaa", [None, "r0", "r0"], ["2026-12-03"]),
        ("aaa", [None, "r0", "r1"], ["2026-12-03"]),
        ("aar", [None, "r0", "r0"], ["2026-12-02"]),
        ("aa", [None, None], ["2026-12-01", "2026-12-02"]),
        ("wa", [None, None], ["2026-12-02"]),
    ],
)
def test_of_filings_that_correct_each_other_the_last_accepted_one_counts(
    states: str, corrects: list[str | None], held: list[str]
) -> None:
    names = {"a": "accepted", "r": "refused", "w": "annulled"}
    rows = [
        Row(f"lot{at}", names[state], f"r{at}", json.dumps(_filing(f"2026-12-0{at + 1}T12:00:00Z", corrected)))
        for at, (state, corrected) in enumerate(zip(states, corrects, strict=True))
    ]
    assert [visit.leaves for visit in READERS["sandbox"](rows, "Europe/Rome")] == held


def _filing(leaves: str, corrects: str | None) -> dict[str, object]:
    people = [{"birth_date": "1990-01-02"}]
    return {"arrives": "2026-11-30T12:00:00Z", "leaves": leaves, "corrects": corrects, "people": people}


@pytest.fixture(scope="module", params=sorted(READERS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp(request.param)
    with asyncio.Runner() as runner, simulated(request.param, folder / "authority") as authority:
        reception = Reception(folder / "gateway", request.param, authority.settings, authority.facts)
        played = Run(reception, authority)
        runner.run(played.play(list(crowd(2, 2, request.param, reception.today))))
        yield played
        runner.run(reception.close())


def a_year_before(body: str) -> str:
    """The body with each date of this year and the next a year earlier; the digits of a random receipt are no date."""
    now = datetime.now(UTC).year
    year = f"({now}|{now + 1})"
    return re.sub(
        rf"(?<![0-9a-z]){year}(?=-\d\d-\d\d)|(?<=[/.]){year}|(?<![0-9a-z]){year}(?=\d{{4}}(?![0-9a-z-]))",
        lambda found: str(int(found[0]) - 1),
        body,
        flags=re.IGNORECASE,
    )


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("DELETE FROM records", "missing"),
        (
            "INSERT INTO records (lot, person, receipt, state, code, sentence, digest, received_at, decided_at, body)"
            " SELECT lot || 'x', person, receipt || 'x', state, code, sentence, digest, received_at, decided_at, body"
            " FROM records",
            "held once too often",
        ),
        ("UPDATE records SET body = a_year_before(body)", "arrives and leaves"),
    ],
)
def test_books_that_somebody_changed_are_found(run: Run, change: str, kind: str) -> None:
    assert run.audit() == []
    with closing(sqlite3.connect(run.authority.books)) as books:
        before = books.execute("SELECT * FROM records").fetchall()
        books.create_function("a_year_before", 1, a_year_before)
        books.execute(change)
        books.commit()
        found = run.audit()
        books.execute("DELETE FROM records")
        books.executemany(f"INSERT INTO records VALUES ({','.join('?' * len(before[0]))})", before)
        books.commit()
    assert {one.kind for one in found} == {kind}
    assert run.audit() == []
