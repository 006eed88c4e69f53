"""Planted names, numbers and pictures are absent from logs and disk after a whole registration."""

import logging
import secrets
import shutil
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from certs.holder import sign_statement
from certs.keys import compressed_point
from devices.reports import Happened, StateReported
from devices.wire.messages import State
from gateway.domain.keys.key import Proof, unlock_statement
from gateway.journey.keys.unlock import request_unlock
from gateway.journey.retention.counts import Count, monthly_counts
from gateway.journey.tenants import onboarding
from gateway.operations.backup.ended import ENDED
from gateway.store import Key, Model, Person
from tests.parts.house import House, good, photograph
from tests.parts.identity import ANNA
from tests.parts.relaying import settle
from tests.parts.world import DAY
from tests.specimens.canary import find_canaries

NAME, NUMBER, MARK = "ZYXCANARYQ", "CNRY93827X", b"canary-in-the-picture-5f2c"
CANARIES = [NAME.encode(), NUMBER.encode(), MARK, NAME.encode("utf-16-le"), NAME.lower().encode()]


def marked_picture() -> bytes:
    """A photograph whose comment holds the marker, so that its bytes are recognisable."""
    buffer = BytesIO()
    Image.open(BytesIO(photograph())).save(buffer, "JPEG", comment=MARK)
    assert MARK in buffer.getvalue()
    return buffer.getvalue()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the test's temporary files, so that all of them can be searched."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


async def walk(house: House) -> None:
    """Register, be reviewed, be accepted, change the dates, end the stay."""
    house.identity.fields = dict(ANNA) | {"name": NAME, "surname": NAME, "given_names": "Q", "id_number": NUMBER}
    tenant, offer = await house.tenant()
    good(await house.register(tenant, picture=marked_picture()))
    officer, landlord = house.client("officer-a"), house.client("landlord-a")
    case = good(await officer.get("/api/v1/cases"))[0]["id"]
    assert good(await officer.get(f"/api/v1/cases/{case}"))["fields"]["id_number"] == NUMBER
    good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
    key = good(await tenant.get("/api/v1/onboarding"))["keys"][0]
    house.put_on_lock(key)
    good(await landlord.patch(f"/api/v1/stays/{offer['stay_id']}", json={"until": "2026-12-24T10:00"}))
    good(await landlord.post(f"/api/v1/stays/{offer['stay_id']}/end"))


async def test_no_name_number_or_picture_is_in_any_log_line(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
        try:
            await walk(house)
        finally:
            logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    reported = caplog.text + repr([record.args for record in caplog.records])
    assert "INSERT INTO people" in reported, "the statements were listened to"
    for canary in (NAME, NUMBER, MARK.decode()):
        assert canary not in reported


async def test_no_name_number_or_picture_is_on_the_disk_in_the_open(house: House, temporary: Path) -> None:
    folder = house.gateway.settings.folder
    await walk(house)
    (folder / "beacon").write_bytes(b"--" + NUMBER.encode())
    assert find_canaries([folder, temporary], CANARIES) == [folder / "beacon"], "the search finds what is there"
    with house.gateway.database.reading() as session:
        person = session.query(Person).one()
        assert person.sealed is not None
        fields = house.gateway.vault.open(person.id, "fields", person.sealed)
    assert NUMBER.encode() in fields, "it is there for who holds the key"


async def test_a_large_picture_never_touches_the_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda file: written.append(file.tell()))
    tenant, _ = await house.tenant()
    good(await house.register(tenant, picture=photograph() + bytes(7 * 1024 * 1024)))
    assert written == []


async def open_doors(house: House) -> tuple[str, list[int]]:
    """The tenant asks for an unlock, and the lock reports the opening; returns the key's id and the times."""
    key = await house.key()
    house.put_on_lock(key)
    times = []
    for _ in range(3):
        house.now[0] += 1237
        statement = Proof(house.now[0], f"nonce-{house.now[0]}", b"")
        proof = replace(statement, signature=sign_statement(unlock_statement(key, statement), house.phone))
        with house.gateway.database.writing() as session:
            request_unlock(session, key, secrets.token_hex(16), proof, house.now[0])
        house.seq += 1
        house.hear(Happened("lock-a", house.seq, house.now[0], "unlocked", {"means": "key", "key": bytes.fromhex(key)}))
        times.append(house.now[0])
    house.now[0] += 61
    return key, times


async def test_after_the_last_day_no_table_file_or_log_knows_the_person(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.identity.fields = dict(ANNA) | {"name": NAME, "surname": NAME, "given_names": "Q", "id_number": NUMBER}
    gateway = house.gateway
    key, times = await open_doors(house)
    good(await house.client("landlord-a").post(f"/api/v1/stays/{stay_of(house, key)}/end"))
    holder = compressed_point(house.phone.public_key())
    settle(gateway.database, gateway.vault, house.now[0])
    counted = counts(house)
    known = [NAME, NUMBER, key, holder.hex(), *map(str, times)]
    assert [word for word in known if word in everything(house)] == known[2:], "name and number are sealed"
    caplog.clear()
    with caplog.at_level(logging.INFO):
        for days in (0, 40, 40):
            house.now[0] += days * DAY
            house.hear(state_of("lock-a", house))
            settle(gateway.database, gateway.vault, house.now[0])
            assert gateway.housekeeping.round() == []
    assert [word for word in known if word in everything(house)] == []
    assert [word for word in known if word in caplog.text] == []
    folder, planted = gateway.settings.folder, [*CANARIES, holder, *(at.to_bytes(4, "big") for at in times)]
    assert find_canaries([folder], planted) == [], "nor in the log of the running database"
    assert find_canaries([folder], [str(at).encode() for at in times]) == []
    # the key's random id, so that it ends again in a restored backup of before its end; it names nobody there
    assert find_canaries([folder], [key.encode()]) == [folder / ENDED]
    assert gateway.vault.people() == set()
    assert counts(house) == counted


def stay_of(house: House, key: str) -> str:
    with house.gateway.database.reading() as session:
        return session.get_one(Key, key).stay_id


def state_of(lock: str, house: House) -> StateReported:
    """The lock's present state, which replaces the one of its last opening."""
    house.seq += 1
    return StateReported(lock, State(house.seq, house.now[0], "locked", "closed", 80, (), "set", b"n" * 16, 1, "sim"))


def everything(house: House) -> str:
    """All rows of all tables, with bytes as hexadecimal digits."""
    with house.gateway.database.reading() as session:
        rows = [row for table in Model.metadata.sorted_tables for row in session.execute(table.select())]
    return repr([[each.hex() if isinstance(each, bytes) else each for each in row] for row in rows])


def counts(house: House) -> dict[Count, int]:
    with house.gateway.database.reading() as session:
        return monthly_counts(session)


async def test_after_erasing_the_database_and_its_old_copy_tell_nothing(house: House, tmp_path: Path) -> None:
    await walk(house)
    with house.gateway.database.writing() as session:
        person = session.query(Person).one()
        sealed = bytes(person.sealed or b"")
        onboarding.forget_person(session, person, house.now[0])
    house.gateway.vault.erase(person.id)
    house.gateway.database.close()
    house.gateway.vault.close()
    copy = tmp_path / "copy"
    shutil.copytree(house.gateway.settings.folder, copy)
    assert sealed
    assert find_canaries([copy], [*CANARIES, sealed]) == [], "secure_delete: not even the sealed bytes are left"
