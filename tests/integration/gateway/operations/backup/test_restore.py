"""A restored gateway does its duty, and what ended since the backup stays ended."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from gateway.bootstrap import Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.disclosure.consumer import Scope
from gateway.fleet.enrolment import revoke_device
from gateway.journey.disclosure.consumers import GrantRequest, approve_consumer, ask_consumer, end_consumer
from gateway.journey.retention.stays import erase_person
from gateway.journey.stays import landlord
from gateway.operations.backup import restoring
from gateway.operations.backup.ended import ENDED, End, EndedList, read_ended
from gateway.operations.backup.manifest import BackupUnusable
from gateway.operations.installation import RESTORING, RestoreUnfinished
from gateway.settings import Settings
from gateway.store import Account, Delivery, Device, FeedConsumer, Key, Person, SignIn, Stay
from gateway.store.database import Database
from gateway.store.sealing import Erased
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.house import House, good
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, NOW

LATER = NOW + 3600


@contextmanager
def restored(house: House, folder: Path) -> Iterator[House]:
    """The same house with a gateway in the restored folder."""
    identity = MemoryIdentity()
    gateway = Gateway(Settings(folder=folder), lambda: house.now[0], identity=identity)
    house.app.state.gateway = gateway
    try:
        yield House(gateway, identity, house.app, house.now, house.units, house.phone, house.clients, house.seq)
    finally:
        house.app.state.gateway = house.gateway
        gateway.database.close()
        gateway.vault.close()


def lost(house: House) -> Path:
    """The house's folder; only the list of what has ended is left of it, elsewhere."""
    EndedList(house.gateway.settings.folder, house.gateway.database).follow()
    kept = house.gateway.settings.folder.parent / "kept.jsonl"
    source = house.gateway.settings.folder / ENDED
    shutil.copyfile(source, kept) if source.exists() else kept.touch()
    return kept


async def test_a_restored_gateway_does_its_duty(house: House, safe: Safe, tmp_path: Path) -> None:
    """With the database alone, check-ins were refused as erased, ends answered 500 and every link 404."""
    await house.key()
    given = next(each.headers["Authorization"] for each in house.clients if "Authorization" in each.headers)
    safe.keep(house.gateway.settings.folder)
    safe.restore(tmp_path / "new", lost(house), now=LATER)
    house.now[0] = LATER
    with restored(house, tmp_path / "new") as again:
        link = again.client(offer=given.removeprefix("Offer "))
        assert good(await link.get("/api/v1/onboarding"))["stage"] in ("issued", "on_lock")
        with again.gateway.database.reading() as session:
            pending = session.scalars(select(Delivery).where(Delivery.work == "submit", Delivery.state == "owed")).all()
            (person,) = session.scalars(select(Person)).all()
            assert again.gateway.vault.open(person.id, "fields", person.sealed or b"")
            (stay,) = session.scalars(select(Stay)).all()
        assert pending
        sent = [await again.gateway.relay._senders["submit"](each) for each in pending]
        assert "record_erased" not in [getattr(each.decision, "code", "") for each in sent]
        ended = await again.client("landlord-a").post(f"/api/v1/stays/{stay.id}/end")
        assert (ended.status_code, ended.json()["state"]) == (200, "ended")


async def test_what_may_have_been_sent_since_is_not_sent_blindly(house: House, safe: Safe, tmp_path: Path) -> None:
    await house.key()
    safe.keep(house.gateway.settings.folder, now=NOW + 5)
    after = safe.restore(tmp_path / "new", lost(house)).aftermath
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        pending = session.scalars(select(Delivery).where(Delivery.work == "submit", Delivery.state == "owed")).all()
        assert [each.started_at for each in pending] == [NOW + 5] * after.unsure
        assert after.unsure > 0


def test_everybody_signs_in_again(house: House, safe: Safe, tmp_path: Path) -> None:
    """A session that was ended since would be open again, and nobody could tell."""
    token = house.session_of("landlord-a")
    safe.keep(house.gateway.settings.folder)
    assert safe.restore(tmp_path / "new", lost(house)).aftermath.signed_out == 1
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        assert session.get(SignIn, token_hash(token)) is None


End_ = Callable[[House, str], None]


def erase(house: House, key_id: str) -> None:
    """Retention erases the person; the relay destroys the key."""
    with house.gateway.database.writing() as session:
        person = session.get_one(Person, session.get_one(Key, key_id).person_id)
        erase_person(session, person, LATER)
        person_id = person.id
    house.gateway.vault.erase(person_id)


def end_stay(house: House, key_id: str) -> None:
    """The landlord ends the stay early."""
    with house.gateway.database.writing() as session:
        landlord.end_stay(session, session.get_one(Key, key_id).stay, house.gateway.keyring, LATER)


def revoke_lock(house: House, key_id: str) -> None:
    """The lock is taken out of service."""
    with house.gateway.database.writing() as session:
        revoke_device(session, session.get_one(Key, key_id).device_id, LATER)


def end_account(house: House, _key_id: str) -> None:
    """A landlord's account is ended."""
    with house.gateway.database.writing() as session:
        session.scalars(select(Account).where(Account.login == "landlord-a")).one().ended_at = LATER


def end_grant(house: House, _key_id: str) -> None:
    """A consumer's grant is ended."""
    with house.gateway.database.writing() as session:
        officer = session.scalars(select(Account).where(Account.login == "officer-a")).one()
        end_consumer(session, session.scalars(select(FeedConsumer)).one(), officer, LATER)


def approve_grant(house: House) -> None:
    """A consumer of the feed, in force."""
    with house.gateway.database.writing() as session:
        officer = session.scalars(select(Account).where(Account.login == "officer-a")).one()
        other = Account(role="officer", login="officer-2", password_hash="", name="Two", area=officer.area)
        session.add(other)
        session.flush()
        scope = Scope("counting", (officer.area or "",), frozenset({"kind"}), NOW + 30 * DAY, 100)
        row = ask_consumer(session, GrantRequest("statistics", scope), officer, NOW)
        approve_consumer(session, row, other, house.gateway.vault, NOW)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (erase, "person"),
        (end_stay, "stay"),
        (revoke_lock, "device"),
        (end_account, "account"),
        (end_grant, "consumer"),
    ],
)
async def test_what_ended_after_the_backup_stays_ended(
    act: End_, kind: Any, house: House, safe: Safe, tmp_path: Path
) -> None:
    key_id = await house.key()
    approve_grant(house)
    safe.keep(house.gateway.settings.folder)
    act(house, key_id)
    kept = lost(house)
    before = {each.what for each in read_ended(kept)}
    assert kind in before
    after = safe.restore(tmp_path / "new", kept, now=LATER + 60).aftermath
    assert after.ended[kind] == 1
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        key = session.get_one(Key, key_id)
        person, device = session.get_one(Person, key.person_id), session.get_one(Device, key.device_id)
        account = session.scalars(select(Account).where(Account.login == "landlord-a")).one()
        grant = session.scalars(select(FeedConsumer)).one()
        ends = {
            "person": person.erased_at,
            "stay": key.stay.ended_at,
            "device": device.revoked_at,
            "account": account.ended_at,
            "consumer": grant.ended_at,
        }
        assert {name for name, at in ends.items() if at is not None} == {kind}
        assert ends[kind] == LATER
        if kind == "person":
            assert person.sealed is None
            with pytest.raises(Erased):
                again.gateway.vault.open(person.id, "fields", bytes(40))
        if kind in ("stay", "device"):
            assert key.desired == "absent"
        if kind == "consumer":
            assert grant.token_hash is None


async def test_without_the_list_the_person_is_readable_again(house: House, safe: Safe, tmp_path: Path) -> None:
    """The control of the test above: it is the list that keeps people erased."""
    key_id = await house.key()
    safe.keep(house.gateway.settings.folder)
    erase(house, key_id)
    safe.restore(tmp_path / "new")
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        assert session.get_one(Person, session.get_one(Key, key_id).person_id).sealed is not None


def test_the_list_in_the_folder_itself_is_used(house: House, safe: Safe, tmp_path: Path) -> None:
    """Where the database was lost and the folder was not."""
    safe.keep(house.gateway.settings.folder)
    end_account(house, "")
    new = tmp_path / "new"
    new.mkdir()
    shutil.copyfile(lost(house), new / ENDED)
    assert safe.restore(new).aftermath.ended["account"] == 1
    assert [each.what for each in read_ended(new / ENDED)] == ["account"]


def test_a_folder_or_database_with_anything_in_it_is_refused_and_untouched(
    house: House, safe: Safe, tmp_path: Path
) -> None:
    safe.keep(house.gateway.settings.folder)
    for name in ("certs", "lodgekey.sqlite", "offers.secret", "note.txt"):
        folder = tmp_path / f"with-{name}"
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(BackupUnusable, match="not_empty"):
            safe.restore(folder)
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "mine")]
    elsewhere = tmp_path / "elsewhere.sqlite"
    elsewhere.write_text("mine")
    with pytest.raises(BackupUnusable, match="not_empty"):
        safe.restore(tmp_path / "new", database_url=f"sqlite:///{elsewhere}")
    with pytest.raises(BackupUnusable, match="other_database"):
        safe.restore(tmp_path / "new", database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")


def test_an_altered_backup_leaves_nothing_that_starts(house: House, safe: Safe, tmp_path: Path) -> None:
    safe.keep(house.gateway.settings.folder)
    raw = bytearray(safe.file.read_bytes())
    raw[len(raw) // 2] ^= 1
    safe.file.write_bytes(raw)
    new = tmp_path / "new"
    with pytest.raises(BackupUnusable, match="altered"):
        safe.restore(new)
    with pytest.raises(RestoreUnfinished):
        Gateway(Settings(folder=new), lambda: NOW, identity=MemoryIdentity())


STEPS = ("merge_lists", "_load_database", "_bring_up_to_date", "_put_in_place", "move_file", "sync_folder")


@pytest.mark.parametrize("step", STEPS)
def test_a_restore_that_is_interrupted_anywhere_is_refused_at_start_and_run_again(
    step: str, house: House, safe: Safe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe.keep(house.gateway.settings.folder)
    end_account(house, "")
    new, kept = tmp_path / "new", lost(house)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, killed)
        with pytest.raises(KeyboardInterrupt):
            safe.restore(new, kept)
    with pytest.raises(RestoreUnfinished):
        Gateway(Settings(folder=new), lambda: NOW, identity=MemoryIdentity())
    safe.restore(new, kept)
    assert not (new / RESTORING).exists()
    with restored(house, new) as again, again.gateway.database.reading() as session:
        ended = session.scalars(select(Account.login).where(Account.ended_at.is_not(None))).all()
        assert ended == ["landlord-a"]


def test_files_of_a_restored_folder_are_closed_to_others(house: House, safe: Safe, tmp_path: Path) -> None:
    safe.keep(house.gateway.settings.folder)
    safe.restore(tmp_path / "new")
    modes = {path: path.stat().st_mode & 0o077 for path in (tmp_path / "new").rglob("*")}
    assert [str(path) for path, others in modes.items() if others and path.suffix != ".pem"] == []


async def test_the_list_follows_what_any_process_ended_and_holds_nothing_of_a_person(
    house: House, tmp_path: Path
) -> None:
    key_id = await house.key()
    listed = EndedList(tmp_path, house.gateway.database)
    assert listed.follow() == 0
    second = Database(house.gateway.settings.database)  # a command, in a process of its own
    with second.writing() as session:
        session.execute(Account.__table__.update().where(Account.login == "officer-b").values(ended_at=LATER))  # type: ignore[attr-defined]
    second.close()
    end_stay(house, key_id)
    assert listed.follow() == 3
    assert sorted(each.what for each in read_ended(tmp_path / ENDED)) == ["account", "key", "stay"]
    assert listed.follow() == 0
    assert EndedList(tmp_path, house.gateway.database).follow() == 0
    names = {name for line in (tmp_path / ENDED).read_text().splitlines() for name in json.loads(line)}
    assert names == {"what", "id", "at"}
    assert (tmp_path / ENDED).stat().st_mode & 0o777 == 0o600


def test_a_line_cut_by_a_power_failure_costs_no_other(house: House, tmp_path: Path) -> None:
    path = tmp_path / ENDED
    path.write_text('{"what": "account", "id": "a", "at": 1}\n{"what": "acc')
    end_account(house, "")
    assert EndedList(tmp_path, house.gateway.database).follow() == 1
    entries = read_ended(path)
    assert entries[0] == End("account", "a", 1)
    assert [each.at for each in entries] == [1, LATER]


async def test_a_running_gateway_keeps_the_list(house: House) -> None:
    end_account(house, "")
    house.gateway._note()
    assert [each.what for each in read_ended(house.gateway.settings.folder / ENDED)] == ["account"]


async def test_the_restored_house_answers_its_pages(house: House, safe: Safe, tmp_path: Path) -> None:
    await house.key()
    safe.keep(house.gateway.settings.folder)
    safe.restore(tmp_path / "new", lost(house))
    with restored(house, tmp_path / "new") as again:
        owner: httpx.AsyncClient = again.client("landlord-a")
        assert len(good(await owner.get("/api/v1/units"))) == 1
