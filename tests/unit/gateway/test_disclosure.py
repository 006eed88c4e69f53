"""The gateway's disclosure log: committed before disclosure, provable to anyone who holds an older tree head."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from typer.testing import CliRunner

from api.cli.main import app
from certs.keys import new_private_key, save_private_key
from gateway.disclosure import (
    LEAF_COLUMNS,
    LEAF_VERSION,
    DisclosureLog,
    Entry,
    SharedCommit,
    disclose,
    disclose_many,
    leaf_of,
)
from gateway.domain.disclosure.tree_head import read_head, verify_extension
from gateway.domain.errors import DisclosureBlocked, NotFound
from gateway.store import Disclosure
from tests.parts.world import World

RUN = CliRunner()


def entries(count: int, consumer: str = "officer:1") -> list[Entry]:
    return [Entry(consumer, "looking", f"registration:{place}", "all") for place in range(count)]


@pytest.fixture
def log(world: World) -> DisclosureLog:
    (world.folder / "certs").mkdir()
    key = new_private_key()
    save_private_key(world.folder / "certs" / "log.key", key)
    return DisclosureLog(world.database, key, world.clock)


def verify(world: World, *heads: Path) -> tuple[int, str]:
    arguments = [part for head in heads for part in ("--head", str(head))]
    done = RUN.invoke(app, ["audit", "verify", "--folder", str(world.folder), *arguments])
    return done.exit_code, done.output


def keep_head(world: World, name: str) -> Path:
    path = world.folder / name
    done = RUN.invoke(app, ["audit", "head", "--folder", str(world.folder), "--out", str(path)])
    assert done.exit_code == 0, done.output
    return path


def test_many_entries_are_numbered_in_a_row_by_one_commit(world: World) -> None:
    commits: list[int] = []
    world.database.after_commit(lambda: commits.append(1))
    assert disclose_many(world.database, entries(3), world.now) == 0
    assert disclose_many(world.database, entries(2), world.now) == 3
    assert len(commits) == 2


async def test_a_hundred_readers_share_a_commit(world: World) -> None:
    commits: list[int] = []
    world.database.after_commit(lambda: commits.append(1))
    shared = SharedCommit(world.database, world.clock)
    await asyncio.gather(*(shared.disclose(entry) for entry in entries(100)))
    with world.database.reading() as session:
        assert len(session.scalars(select(Disclosure.seq)).all()) == 100
    assert len(commits) <= 3


async def test_where_the_log_cannot_be_written_every_reader_is_refused_with_the_reason(world: World) -> None:
    with world.database.writing() as session:
        session.execute(text("DROP TABLE disclosures"))
    shared = SharedCommit(world.database, world.clock)
    answers = await asyncio.gather(*(shared.disclose(entry) for entry in entries(5)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {DisclosureBlocked}


def test_an_empty_log_has_no_head(log: DisclosureLog) -> None:
    with pytest.raises(NotFound):
        log.head()


def test_each_head_extends_the_one_before(world: World, log: DisclosureLog) -> None:
    disclose_many(world.database, entries(5), world.now)
    older, signed = log.head()
    disclose_many(world.database, entries(8), world.now)
    newer, _ = log.head()
    assert (older.size, newer.size) == (5, 13)
    assert read_head(signed, log.public_key) == older
    verify_extension(older, newer, log.consistency(older.size, newer.size))


def test_a_restarted_gateway_signs_the_same_tree(world: World, log: DisclosureLog) -> None:
    disclose_many(world.database, entries(7), world.now)
    again = DisclosureLog(world.database, new_private_key(), world.clock)
    assert again.head()[0] == log.head()[0]


def test_audit_passes_while_the_log_only_grows(world: World, log: DisclosureLog) -> None:
    disclose_many(world.database, entries(4), world.now)
    first = keep_head(world, "first.json")
    disclose_many(world.database, entries(4), world.now)
    second = keep_head(world, "second.json")
    code, said = verify(world, first, second)
    assert (code, said.count("\n")) == (0, 1)
    assert said == "The log is consistent with 2 earlier tree heads.\n"


COLUMNS = [column.name for column in Disclosure.__table__.columns]
OTHER = {int: 1, str: "another", bytes: b"{}"}  # by the type of the column


def other(column: str) -> object:
    """A value that no entry of these tests has in this column."""
    return 77 if column == "seq" else OTHER[Disclosure.__table__.columns[column].type.python_type]


def test_the_leaf_of_a_new_entry_covers_every_column() -> None:
    assert set(LEAF_COLUMNS[LEAF_VERSION]) == set(COLUMNS) - {"leaf"}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("leaf_too", [False, True])
def test_audit_notices_any_altered_column(world: World, log: DisclosureLog, column: str, leaf_too: bool) -> None:
    """Also where the leaf is rewritten to fit."""
    disclose_many(world.database, [replace(entry, rows=2, first=5, last=6) for entry in entries(4)], world.now)
    head = keep_head(world, "head.json")
    with world.database.writing() as session:
        session.execute(update(Disclosure).where(Disclosure.seq == 1).values({column: other(column)}))
    if leaf_too and column not in ("leaf", "seq"):
        with world.database.writing() as session:
            row = session.get_one(Disclosure, 1)
            row.leaf = leaf_of(row)
    code, said = verify(world, head)
    assert (code, "altered" in said or "fewer" in said) == (1, True)


@pytest.mark.parametrize("column", ["rows", "first", "last"])
@pytest.mark.parametrize("version", [1, 2, 9])
def test_an_altered_range_is_noticed_where_the_entry_is_made_to_look_like_an_earlier_releases(
    world: World, log: DisclosureLog, column: str, version: int
) -> None:
    disclose_many(world.database, [replace(entry, rows=2, first=5, last=6) for entry in entries(4)], world.now)
    head = keep_head(world, "head.json")
    with world.database.writing() as session:
        row = session.get_one(Disclosure, 1)
        setattr(row, column, other(column))
        row.leaf_version = version
        row.leaf = leaf_of(row)
    assert verify(world, head)[0] == 1


FIRST_LEAF = b'{"at":5,"consumer":"officer:1","fields":"all","purpose":"looking","seq":0,"subject":"registration:0"}'
SECOND_LEAF = (
    b'{"at":5,"consumer":"officer:1","fields":"all","first":7,"last":8,"purpose":"looking","rows":2,"seq":1,'
    b'"subject":"registration:1"}'
)


def test_a_log_that_earlier_releases_began_goes_on(world: World, log: DisclosureLog) -> None:
    """The leaves of the first had no range: {seq, at, consumer, purpose, subject, fields}, sorted, without spaces."""
    columns = {"at": 5, "consumer": "officer:1", "fields": "all", "purpose": "looking"}
    first = Disclosure(seq=0, subject="registration:0", rows=1, leaf=FIRST_LEAF, leaf_version=1, **columns)
    second = Disclosure(
        seq=1, subject="registration:1", rows=2, first=7, last=8, leaf=SECOND_LEAF, leaf_version=2, **columns
    )
    with world.database.writing() as session:
        session.add_all([first, second])
    disclose_many(world.database, entries(2), world.now)
    head = keep_head(world, "head.json")
    disclose_many(world.database, entries(2), world.now)
    assert verify(world, head)[0] == 0


@pytest.mark.parametrize(("lost", "word"), [(3, "fewer"), (1, "fewer")])
def test_audit_notices_a_deleted_entry(world: World, log: DisclosureLog, lost: int, word: str) -> None:
    disclose_many(world.database, entries(4), world.now)
    head = keep_head(world, "head.json")
    with world.database.writing() as session:
        session.execute(delete(Disclosure).where(Disclosure.seq == lost))
    code, said = verify(world, head)
    assert (code, word in said) == (1, True)


def test_audit_refuses_a_head_that_another_key_signed(world: World, log: DisclosureLog) -> None:
    disclose(world.database, consumer="a", purpose="b", subject="c", fields="d", now=world.now)
    head = keep_head(world, "head.json")
    save_private_key(world.folder / "certs" / "log.key", new_private_key())
    assert verify(world, head)[0] == 1


def test_audit_says_what_is_wrong_with_a_file_that_is_no_head(world: World, log: DisclosureLog) -> None:
    path = world.folder / "head.json"
    for content in ("", "{}", "[]", json.dumps({"head": "AAAA", "key": {"kty": "oct"}})):
        path.write_text(content)
        code, said = verify(world, path)
        assert (code, "cannot be verified" in said) == (2, True), content
