"""What has ended is in the list before anybody is told, whatever else goes wrong."""

import errno
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.cli.folder import opened
from gateway.domain.errors import NotFound
from gateway.operations.backup import ended
from gateway.operations.backup.ended import ENDED, ENDS, End, read_ended
from gateway.store import Account, Key, Stay
from tests.architecture.source import python_files
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.integration.gateway.operations.backup.test_restore import (
    End_,
    approve_grant,
    end_account,
    end_grant,
    end_stay,
    erase,
    restored,
    revoke_lock,
)
from tests.parts.house import House, good


def listed(house: House) -> list[End]:
    """The entries in the gateway's folder."""
    return read_ended(house.gateway.settings.folder / ENDED)


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (erase, {"person"}),
        (end_stay, {"stay", "key"}),
        (revoke_lock, {"device"}),
        (end_account, {"account"}),
        (end_grant, {"consumer"}),
    ],
)
async def test_an_end_is_in_the_list_once_its_transaction_returns(act: End_, kinds: set[str], house: House) -> None:
    """The list was written every 30 seconds: the ends of the last seconds before a loss were restored as undone."""
    key_id = await house.key()
    approve_grant(house)
    act(house, key_id)
    assert {each.what for each in listed(house)} >= kinds
    assert house.gateway.ended.follow() == 0


async def test_an_answered_end_survives_the_loss_of_the_database_in_the_same_second(
    house: House, safe: Safe, tmp_path: Path
) -> None:
    await house.key()
    safe.keep(house.gateway.settings.folder)
    with house.gateway.database.reading() as session:
        stay = session.scalars(select(Stay)).one().id
    good(await house.client("landlord-a").post(f"/api/v1/stays/{stay}/end"))
    kept = Path(shutil.copyfile(house.gateway.settings.folder / ENDED, tmp_path / "kept.jsonl"))
    safe.restore(tmp_path / "new", kept)
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        assert session.get_one(Stay, stay).state == "ended"
        assert {key.desired for key in session.scalars(select(Key))} == {"absent"}


async def test_what_doors_end_is_in_the_list(house: House) -> None:
    """The urgent lane has sessions of its own."""
    await house.key()
    with house.gateway.doors.writing() as session:
        session.scalars(select(Account).where(Account.login == "landlord-a")).one().ended_at = 7
    assert [(each.what, each.at) for each in listed(house)] == [("account", 7)]


def test_what_a_command_ends_is_in_the_list(house: House) -> None:
    settings = house.gateway.settings
    with opened(settings) as database, database.writing() as session:
        session.scalars(select(Account).where(Account.login == "landlord-a")).one().ended_at = 7
    assert [each.what for each in listed(house)] == ["account"]


def test_what_is_rolled_back_is_not_in_the_list(house: House) -> None:
    """A restore would end what goes on."""

    def refused() -> None:
        with house.gateway.database.writing() as session:
            session.scalars(select(Account).where(Account.login == "landlord-a")).one().ended_at = 7
            session.flush()
            raise NotFound("rolled back")

    with pytest.raises(NotFound):
        refused()
    with house.gateway.database.writing() as session:
        account = session.scalars(select(Account).where(Account.login == "landlord-a")).one()
        savepoint = session.begin_nested()
        account.ended_at = 7
        session.flush()
        savepoint.rollback()
        session.scalars(select(Account).where(Account.login == "landlord-b")).one().ended_at = 8
    assert [each.at for each in listed(house)] == [8]


def test_on_a_full_disk_the_list_is_written_into_the_reserve(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    append, reserve = ended.append_ended, house.gateway.settings.folder / "reserve"
    assert reserve.exists()

    def full(*given: Any) -> None:
        if reserve.exists():
            raise OSError(errno.ENOSPC, "no space")
        append(*given)

    monkeypatch.setattr(ended, "append_ended", full)
    end_account(house, "")
    assert [each.what for each in listed(house)] == ["account"]


def test_an_end_holds_where_the_list_cannot_be_written_and_is_written_later(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A key is revoked all the same; a gateway that was killed between commit and list appends it likewise."""

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patch:
        patch.setattr(ended, "append_ended", broken)
        end_account(house, "")
    assert "could not be written to ended.jsonl: OSError" in caplog.text
    assert listed(house) == []
    assert house.gateway.ended.follow() == 1
    assert [each.what for each in listed(house)] == ["account"]


def test_nothing_is_ended_by_a_statement_of_many_rows() -> None:
    """Such a statement names no rows, so that their ends would come into the list half a minute later."""
    columns = "|".join({at.key for _, at in ENDS.values()})
    in_bulk = re.compile(rf"\.values\([^)]*\b(?:{columns})\s*=")
    assert [path for path in python_files("gateway", "api") if in_bulk.search(path.read_text())] == []
    assert in_bulk.search("update(Key).values(desired='absent', revoking_at=now)")
