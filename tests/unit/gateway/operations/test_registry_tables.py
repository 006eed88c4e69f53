"""Tables that a registry's account reads: kept for the next start, read again, and never lost to an outage."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from gateway.domain.errors import InputRefused
from gateway.domain.filings.record import Registry, RegistryUnreachable
from gateway.operations.registry_tables import AGAIN_AFTER, EVERY, FILE, RegistryTables
from gateway.registries.code_choices import coded, search_codes, short_tables
from gateway.registries.croatia.lookups import CROSSINGS
from gateway.registries.fetched_tables import Entries, forget, kept, version
from gateway.supervision import Rounds
from tests.unit.gateway.registries.test_code_choices import TODAY

PATH = "entry.crossing"
FIRST: Entries = (("201", "Zračna luka Zagreb"), ("301", "Split (Pomorski)"))
LONG: Entries = tuple((str(number), f"Crossing {number}") for number in range(100))


class Authority:
    """A registry whose account reads one table, or none while it is down."""

    def __init__(self, entries: Entries | None) -> None:
        self.entries = entries

    async def read_tables(self) -> Mapping[str, Entries]:
        if self.entries is None:
            raise RegistryUnreachable("table_unreadable")
        return {CROSSINGS: self.entries}


class Enough(Exception):
    """Ends a loop that has no end."""


@pytest.fixture(autouse=True)
def nothing_read() -> Iterator[None]:
    forget()
    yield
    forget()


def tables(folder: Path, authority: object) -> RegistryTables:
    return RegistryTables(folder, {"hr": cast("Registry", authority)})


async def test_the_form_offers_the_table_once_it_is_read_and_follows_its_changes(tmp_path: Path) -> None:
    assert (short_tables(["hr"], TODAY)[PATH], version(CROSSINGS)) == ((), "")
    authority = Authority(FIRST)
    assert await tables(tmp_path, authority).read()
    assert [(entry.code, entry.name) for entry in short_tables(["hr"], TODAY)[PATH]] == list(FIRST)
    assert coded(["hr"], {PATH: "zracna luka zagreb"}, TODAY) == {PATH: "201"}
    before, authority.entries = version(CROSSINGS), LONG
    assert await tables(tmp_path, authority).read()
    assert short_tables(["hr"], TODAY)[PATH] == ()
    assert [entry.code for entry in search_codes(["hr"], PATH, "crossing 42", TODAY)] == ["42"]
    assert version(CROSSINGS) != before


async def test_an_answer_is_refused_while_no_table_was_read(tmp_path: Path) -> None:
    assert not await tables(tmp_path, Authority(None)).read()
    with pytest.raises(InputRefused) as refused:
        coded(["hr"], {PATH: "Split"}, TODAY)
    assert refused.value.extra["fields"] == [{"field": PATH, "code": "code_table_unread"}]


async def test_a_start_while_the_registry_is_down_has_the_table_of_before(tmp_path: Path) -> None:
    await tables(tmp_path, Authority(FIRST)).read()
    forget()
    down = tables(tmp_path, Authority(None))
    assert kept(CROSSINGS) == FIRST
    assert not await down.read()
    assert kept(CROSSINGS) == FIRST
    forget()
    tables(tmp_path, Authority(None))
    assert kept(CROSSINGS) == FIRST, "an outage leaves the file as it is"


@pytest.mark.parametrize("content", ["", "[]", '{"a": [["1"]]}', '{"a": [[1, 2]]}', "{"])
async def test_a_damaged_file_is_replaced_by_what_the_registry_says(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    damaged = tables(tmp_path, Authority(FIRST))
    assert kept(CROSSINGS) == ()
    assert await damaged.read()
    forget()
    tables(tmp_path, Authority(None))
    assert kept(CROSSINGS) == FIRST


async def test_a_folder_that_cannot_be_written_does_not_stop_the_reading(tmp_path: Path) -> None:
    assert await tables(tmp_path / "absent", Authority(FIRST)).read()
    assert kept(CROSSINGS) == FIRST


def test_nothing_is_written_where_no_registry_has_such_a_table(tmp_path: Path) -> None:
    assert asyncio.run(tables(tmp_path, object()).read())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("entries", "pause"), [(FIRST, EVERY), (None, AGAIN_AFTER)])
async def test_it_is_read_daily_and_sooner_after_an_outage(
    tmp_path: Path, entries: Entries | None, pause: float
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise Enough

    with pytest.raises(Enough):
        await RegistryTables(tmp_path, {"hr": cast("Registry", Authority(entries))}, sleep).run(Rounds())
    assert pauses == [pause, pause]
