"""`lodgekey doctor` reports what prevents a gateway from working, and how to fix it."""

import json
import os
import re
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from alembic import command
from cryptography import x509
from sqlalchemy import create_engine, select
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.texts import findings
from api.cli.texts.findings import sentence
from certs.authority.ca import Authority
from certs.files import secret_at
from certs.keys import new_private_key
from gateway.domain.jurisdiction import load_profiles
from gateway.operations import health
from gateway.operations.health import CHECKS, Code, Finding, examine
from gateway.outbox import deliveries, events
from gateway.settings import Settings
from gateway.store import Delivery, Device, Person, Portrait, Registration
from gateway.store.revisions.scripts import migrations
from gateway.supervision import NOTE
from tests.parts.world import DAY, LOCK, NOW, World

RUN = CliRunner()


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    """A gateway's folder after its first start, with a broker to start."""
    binary = tmp_path / "mosquitto"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o700)
    Authority.open(world.folder / "certs", lambda: NOW)
    secret_at(world.folder / "offers.secret")
    return Settings(folder=world.folder, mosquitto=binary)


@pytest.fixture(autouse=True)
def timedatectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replaces timedatectl's output, so that the test machine's own clock synchronisation does not matter."""
    said = tmp_path / "bin" / "timedatectl"
    said.parent.mkdir()
    said.write_text("#!/bin/sh\necho yes\n")
    said.chmod(0o700)
    monkeypatch.setenv("PATH", f"{said.parent}:{os.environ['PATH']}")
    return said


def bad(settings: Settings, now: int = NOW) -> list[Finding]:
    """Checks with a result other than good."""
    return [finding for finding in examine(settings, now) if finding.severity != "good"]


def said(finding: Finding) -> str:
    """Text of a check in English; asserts that a Chinese text exists as well."""
    assert re.search("[\u4e00-\u9fff]", sentence(finding, "zh-CN"))
    return sentence(finding, "en")


def test_a_gateway_in_order_has_nothing_to_see_to(settings: Settings) -> None:
    found = examine(settings, NOW)
    assert {finding.check for finding in found} == set(CHECKS)
    assert bad(settings) == []


def test_a_missing_broker_is_found(settings: Settings, tmp_path: Path) -> None:
    (missing,) = bad(settings.model_copy(update={"mosquitto": tmp_path / "nowhere"}))
    assert (missing.check, missing.severity) == ("broker", "bad")
    assert "apt install mosquitto" in said(missing)


@pytest.mark.parametrize(
    ("stored", "severity", "reported"),
    [
        (79, "good", "79 people"),
        (80, "care", "in time"),
        (100, "bad", "No more are stored"),
        (101, "bad", "101"),
    ],
)
def test_stored_faces_are_reported_before_the_limit_and_at_it(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch, stored: int, severity: str, reported: str
) -> None:
    small = {"cn": replace(load_profiles()["cn"], face_filing_limit=100)}
    monkeypatch.setattr("gateway.journey.filings.portraits.load_profiles", lambda: small)
    stay = world.tenant().stay
    with world.database.writing() as session:
        people = [Person(stay_id=stay.id, created_at=NOW) for _ in range(stored)]
        session.add_all(people)
        session.flush()
        session.add_all(Portrait(person_id=who.id, jurisdiction="cn", sealed=b"s", kept_at=NOW) for who in people)
    (found,) = [finding for finding in examine(settings, NOW) if finding.check == "faces"]
    assert (found.severity, reported in said(found)) == (severity, True), said(found)
    filed = settings.model_copy(update={"face_filings": {"cn": "CAC-1"}})
    assert [finding.severity for finding in examine(filed, NOW) if finding.check == "faces"] == ["good"]


NO_PROCESS = 2**22 + 1  # no Linux process has a higher number than 2**22


@pytest.mark.parametrize(
    ("alive", "state", "age", "severity", "reported"),
    [
        (True, "good", 5, "good", "2 background loops"),
        (True, "late", 5, "bad", "The background loop relay is making no progress"),
        (True, "ended", 5, "bad", "The background loop relay ended"),
        (True, "good", 600, "bad", "for 10 min"),
        (False, "good", 5, "bad", "ended without being stopped"),
    ],
)
def test_background_loops_that_do_not_get_on_are_found(
    settings: Settings, alive: bool, state: str, age: int, severity: str, reported: str
) -> None:
    note = settings.folder / NOTE
    process = os.getpid() if alive else NO_PROCESS
    note.write_text(json.dumps({"process": process, "loops": {"relay": state, "feed": "good"}}))
    os.utime(note, (NOW - age, NOW - age))
    (found,) = [finding for finding in examine(settings, NOW) if finding.check == "loops"]
    assert (found.severity, reported in said(found)) == (severity, True), said(found)


def test_a_running_gateways_broker_that_does_not_answer_is_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen process still has its port: the system accepts connections for it."""
    monkeypatch.setattr(health, "PROBE_TIMEOUT_SECONDS", 0.1)
    (settings.folder / NOTE).write_text(json.dumps({"process": os.getpid(), "loops": {}}))
    (settings.folder / "broker").mkdir(mode=0o700)
    (settings.folder / "broker" / "ca.pem").write_bytes(Authority.open(settings.folder / "certs", lambda: NOW).ca_pem)
    with closing(socket.create_server(("127.0.0.1", 0))) as frozen:
        port = frozen.getsockname()[1]
        found = examine(settings.model_copy(update={"broker_port": port}), NOW)
    (broker,) = [finding for finding in found if finding.check == "broker"]
    assert (broker.severity, broker.code) == ("bad", "broker_silent")
    assert f"127.0.0.1:{port}" in said(broker)


def own_broker(settings: Settings, port: int) -> Settings:
    """The same gateway with an operator's own broker on a local port."""
    ca = settings.folder / "certs" / "root.pem"
    files = {"broker_ca_file": ca, "broker_cert_file": None, "broker_key_file": None}
    return settings.model_copy(update={"broker_host": "127.0.0.1", "broker_port": port, **files})


def test_an_operators_broker_that_does_not_answer_is_found(settings: Settings) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    (silent,) = bad(own_broker(settings, port))
    assert silent.check == "broker"
    assert "is not responding" in said(silent)


def test_a_folder_that_cannot_be_written_is_found(settings: Settings) -> None:
    unwritable = Path("/sys/kernel")  # access fails for root as well
    found = examine(settings.model_copy(update={"folder": unwritable}), NOW)
    (reported,) = (finding for finding in found if finding.check == "folder")
    assert reported.severity == "bad"
    assert said(reported).startswith(f"{unwritable} is not writable (")
    assert said(reported).endswith("Give it to this user (chown).")


def test_a_key_that_others_can_read_is_found(settings: Settings) -> None:
    key = settings.folder / "certs" / "command.key"
    key.chmod(0o644)
    (readable,) = bad(settings)
    assert said(readable) == f"Other users can read {key}. Run: chmod 600 {key}"


def test_a_clock_that_was_put_back_is_found(settings: Settings, world: World) -> None:
    with world.database.writing() as session:
        events.record(session, "KeyOffered", NOW)
    assert bad(settings, NOW - 60) == []
    (behind,) = bad(settings, NOW - 7200)
    assert (behind.check, behind.severity) == ("clock", "bad")
    assert "120 minutes behind" in said(behind)


def test_a_clock_that_nothing_keeps_is_found(settings: Settings, timedatectl: Path) -> None:
    timedatectl.write_text("#!/bin/sh\necho no\n")
    (loose,) = bad(settings)
    assert (loose.check, loose.severity) == ("clock", "care")


@pytest.mark.parametrize(
    ("days", "severity", "words"), [(13, "care", "expires in 13 days"), (-1, "bad", "has expired")]
)
def test_an_expiring_certificate_is_found(
    settings: Settings, world: World, days: int, severity: str, words: str
) -> None:
    with world.database.writing() as session:
        session.get_one(Device, LOCK).certificate_expires_at = NOW + days * DAY
    (expiring,) = bad(settings)
    assert (expiring.check, expiring.severity) == ("certificates", severity)
    assert f"device {LOCK} {words}" in said(expiring)


def test_a_certificate_of_our_own_that_expires_is_found(settings: Settings) -> None:
    authority = Authority.open(settings.folder / "certs", lambda: NOW)
    chain = authority.issue_server(new_private_key().public_key()).chain_pem
    server = settings.folder / "broker" / "server.pem"
    server.parent.mkdir()
    server.write_bytes(chain)
    ends = int(x509.load_pem_x509_certificate(chain).not_valid_after_utc.timestamp())
    (soon,) = (finding for finding in bad(settings, ends - 3 * DAY) if str(server) in said(finding))
    assert (soon.check, soon.severity) == ("certificates", "care")
    assert f"{server} expires in 3 days. Restart the gateway" in said(soon)
    (over,) = (finding for finding in bad(settings, ends + 60) if str(server) in said(finding))
    assert (over.severity, "has expired" in said(over)) == ("bad", True)


def test_a_registration_past_its_deadline_is_found(settings: Settings, world: World) -> None:
    world.tenant()
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().deadline_at = NOW - 1
        session.query(Delivery).update({"due_at": NOW})
    (late,) = bad(settings)
    assert (late.check, late.severity) == ("deliveries", "bad")
    assert said(late).startswith("1 registration is past its legal deadline.")


def test_a_delivery_past_its_time_is_found(settings: Settings, world: World) -> None:
    with world.database.writing() as session:
        deliveries.enqueue(session, party="p", lane="l", work="w", about="a", now=NOW - 7200)
    (stuck,) = bad(settings)
    assert said(stuck).startswith("1 delivery is more than one hour overdue.")


def test_a_database_of_an_older_release_is_found(settings: Settings, world: World) -> None:
    config, engine = migrations(), create_engine(settings.database)
    config.attributes["engine"] = engine
    command.downgrade(config, "-1")
    engine.dispose()
    (older,) = bad(settings)
    assert older.check == "database"
    assert "lodgekey db migrate" in said(older)


def test_a_database_that_is_none_is_found_and_the_other_checks_go_on(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is not a database at all, whatever its name says" * 40)
    broken.chmod(0o600)
    found = examine(settings.model_copy(update={"database_url": f"sqlite:///{broken}"}), NOW)
    unreadable = {finding.check for finding in found if finding.severity == "bad"}
    assert "database" in unreadable
    assert {"folder", "broker"} <= {finding.check for finding in found if finding.severity == "good"}


def test_the_command_prints_one_object_and_fails_where_something_is_bad(tmp_path: Path) -> None:
    environment = {"LODGEKEY_MOSQUITTO": str(tmp_path / "nowhere")}
    result = RUN.invoke(app, ["doctor", "--folder", str(tmp_path), "--json"], env=environment)
    reported = json.loads(result.stdout)
    assert (result.exit_code, reported["ok"]) == (1, False)
    assert {"check", "severity", "code", "sentence"} == reported["findings"][0].keys()


def test_settings_that_cannot_be_are_reported_by_name() -> None:
    result = RUN.invoke(app, ["doctor"], env={"LODGEKEY_PORT": "many"})
    assert result.exit_code == 1
    assert "LODGEKEY_PORT" in result.stdout


def test_everything_that_can_be_found_has_a_text() -> None:
    assert set(get_args(Code)) == findings.FINDINGS.keys()
    assert findings.CHECKS.keys() == {*CHECKS, "settings"}


def test_a_chinese_terminal_is_answered_in_chinese(tmp_path: Path) -> None:
    environment = {"LODGEKEY_MOSQUITTO": str(tmp_path / "nowhere"), "LC_ALL": "zh_CN.UTF-8"}
    result = RUN.invoke(app, ["doctor", "--folder", str(tmp_path)], env=environment)
    assert "未找到 mosquitto" in result.stdout.replace("\n", "")
