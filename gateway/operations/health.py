"""Health checks: problems that would stop the gateway, found before they affect a tenant. Read-only.

A check takes the settings and the time (UTC seconds) and yields findings; api.cli.texts.findings holds their texts.
"""

import json
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from sqlalchemy import create_engine, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.broker.config import BrokerMissing, find_mosquitto
from gateway.journey.filings.deadlines import OPEN
from gateway.journey.filings.portraits import faces_stored
from gateway.journey.firmware.support import unsupported
from gateway.operations.clock_state import ClockState
from gateway.operations.file_modes import PRIVATE_FILE, database_files, open_to_others
from gateway.operations.installation import Why, find_lost, went_back
from gateway.settings import Settings
from gateway.store import Delivery, Device, Event, Portrait, Registration, RollOut
from gateway.store.database import is_missing
from gateway.store.revisions.kind import Kind, kind_of
from gateway.store.revisions.scripts import newest_revision
from gateway.supervision import NOTE

Severity = Literal["good", "care", "bad"]
Code = Literal[
    "not_looked_at", "setting_refused",
    "folder", "folder_missing", "folder_unwritable", "folder_full", "folder_filling", "secret_open", "folder_open",
    "identity", "identity_missing", "identity_empty", "identity_other",
    "database", "database_missing", "database_older", "database_newer", "database_unknown", "database_altered",
    "database_went_back",
    "broker", "broker_silent", "broker_unproven", "mosquitto", "mosquitto_missing",
    "clock", "clock_unkept", "clock_behind", "clock_ahead",
    "certificates", "own_expiring", "own_expired", "device_expiring", "device_expired",
    "deliveries", "deliveries_stuck", "registrations_late",
    "loops", "loops_unknown", "loops_gone", "loops_silent", "loop_late", "loop_ended",
    "faces", "faces_near", "faces_full",
    "firmware", "firmware_stopped", "firmware_unsupported",
]  # fmt: skip

MIN_FREE_BYTES: Final = 500 * 1024 * 1024
FILLING_DAYS: Final = 30  # from so many days before a full disk it is reported
CERTIFICATE_CARE: Final = 14 * 86_400
PROBE_TIMEOUT_SECONDS: Final = 3.0
TOLERANCE: Final = 60  # tolerated seconds between the clock and the newest recorded time
SILENT: Final = 120  # age in seconds of the note about the loops from which the process counts as stuck
_HERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
OVERDUE: Final = 3600  # age in seconds from which an undelivered item of a device or consumer is reported


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `severity`: good, care (will become a fault) or bad (a fault).

    `code` names the finding; `facts` are the names and numbers of its text.
    """

    check: str
    severity: Severity
    code: Code
    facts: Mapping[str, object] = field(default_factory=dict)


Check = Callable[[Settings, int], Iterator[Finding]]


def check_folder(settings: Settings, now: int) -> Iterator[Finding]:
    """The folder is writable, has free space, and is not readable by others."""
    folder = settings.folder
    if not folder.is_dir():
        yield Finding("folder", "care", "folder_missing", {"folder": folder})
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding("folder", "bad", "folder_unwritable", {"folder": folder, "detail": error.strerror})
        return
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        yield Finding("folder", "bad", "folder_full", {"folder": folder, "free": free >> 20})
    days = _days_left(settings, free, now)
    if days is not None and days < FILLING_DAYS:
        yield Finding("folder", "care", "folder_filling", {"folder": folder, "free": free >> 20, "days": days})
    readable = list(open_to_others(settings))
    for path, mode in readable:
        yield Finding("folder", "bad", "secret_open" if mode == PRIVATE_FILE else "folder_open", {"path": path})
    if free >= MIN_FREE_BYTES and not readable and (days is None or days >= FILLING_DAYS):
        yield Finding("folder", "good", "folder", {"folder": folder, "free": free >> 30})


def _days_left(settings: Settings, free: int, now: int) -> int | None:
    """Days until the disk is full if an SQLite database grows as it did so far; None where that is not known."""
    size, first = sum(path.stat().st_size for path in database_files(settings)), None
    with suppress(SQLAlchemyError), _database(settings) as session:  # a database that is none has a check of its own
        if session is not None and inspect(session.connection()).has_table(Event.__tablename__):
            first = session.scalar(select(func.min(Event.at)))
    days = 0 if first is None else (now - first) / 86_400
    return int(free / (size / days)) if size and days >= 1 else None


def check_identity(settings: Settings, _now: int) -> Iterator[Finding]:
    """Nothing that makes this gateway the one it was is missing, empty or replaced."""
    lost = find_lost(settings)
    codes: dict[Why, Code] = {
        "missing": "identity_missing",
        "empty": "identity_empty",
        "other": "identity_other",
    }
    for each in lost:
        yield Finding("identity", "bad", codes[each.why], {"path": each.path, "folder": settings.folder})
    if not lost:
        yield Finding("identity", "good", "identity")


def check_broker(settings: Settings, _now: int) -> Iterator[Finding]:
    """mosquitto is installed and answers while the gateway runs, or the operator's with a trusted certificate."""
    if not settings.broker_host:
        yield from _check_embedded(settings)
        return
    place = f"{settings.broker_host}:{settings.broker_port}"
    try:
        context = ssl.create_default_context(cafile=settings.broker_ca_file)
        if settings.broker_cert_file:
            context.load_cert_chain(settings.broker_cert_file, settings.broker_key_file)
        with socket.create_connection((settings.broker_host, settings.broker_port), PROBE_TIMEOUT_SECONDS) as plain:
            context.wrap_socket(plain, server_hostname=settings.broker_host).close()
    except ssl.SSLError as error:
        yield Finding("broker", "bad", "broker_unproven", {"place": place, "detail": error.reason})
    except OSError as error:
        yield Finding("broker", "bad", "broker_silent", {"place": place, "detail": error})
    else:
        yield Finding("broker", "good", "broker", {"place": place})


def _check_embedded(settings: Settings) -> Iterator[Finding]:
    try:
        path = find_mosquitto(settings.mosquitto)
    except BrokerMissing:
        yield Finding("broker", "bad", "mosquitto_missing", {"path": settings.mosquitto or "PATH"})
        return
    if _process_noted(settings) is None:
        yield Finding("broker", "good", "mosquitto", {"path": path})
        return
    place = (_HERE.get(settings.broker_listen, settings.broker_listen), settings.broker_port)
    context = ssl.create_default_context(cafile=settings.folder / "broker" / "ca.pem")
    context.check_hostname = False  # the address it listens on need not be one of the certificate's names
    named = {"place": f"{place[0]}:{place[1]}"}
    try:
        with socket.create_connection(place, PROBE_TIMEOUT_SECONDS) as plain:
            context.wrap_socket(plain, server_hostname=place[0]).close()
    except OSError as error:
        yield Finding("broker", "bad", "broker_silent", named | {"detail": error})
    else:
        yield Finding("broker", "good", "broker", named)


def _process_noted(settings: Settings) -> int | None:
    """The running gateway's process id, by its note; None where no gateway runs."""
    path = settings.folder / NOTE
    process = int(json.loads(path.read_text())["process"]) if path.exists() else None
    return process if process is not None and Path(f"/proc/{process}").exists() else None


def check_clock(settings: Settings, now: int) -> Iterator[Finding]:
    """The clock is synchronised and has not been set back: keys and deadlines depend on it."""
    kept = _is_clock_kept()
    if kept is False:
        yield Finding("clock", "care", "clock_unkept")
    with _database(settings) as session:
        latest = (session and session.scalar(select(func.max(Event.at)))) or 0
    state = ClockState.read(settings.folder)
    latest = max(latest, state.seen)
    if latest > now + TOLERANCE:
        yield Finding("clock", "bad", "clock_behind", {"minutes": (latest - now) // 60})
    elif state.off_by > 0:
        yield Finding("clock", "bad", "clock_ahead", {"minutes": state.off_by // 60})
    elif state.off_by < 0:
        yield Finding("clock", "bad", "clock_behind", {"minutes": -state.off_by // 60})
    elif kept is not False:
        yield Finding("clock", "good", "clock")


def _is_clock_kept() -> bool | None:
    """Whether the system reports a synchronised clock; None where it cannot be queried."""
    timedatectl = shutil.which("timedatectl")
    if timedatectl is None:
        return None
    command = [timedatectl, "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(
            command, capture_output=True, text=True, timeout=PROBE_TIMEOUT_SECONDS, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)


def check_certificates(settings: Settings, now: int) -> Iterator[Finding]:
    """The certificates of gateway and devices do not expire soon."""
    soon = now + CERTIFICATE_CARE
    ours = {str(path): expires for path, expires in own_certificates(settings) if expires < soon}
    in_service = select(Device.id, Device.certificate_expires_at).where(
        Device.revoked_at.is_(None), Device.certificate_expires_at.between(1, soon)
    )
    with _database(settings) as session:
        devices = {row.id: row.certificate_expires_at for row in session.execute(in_service)} if session else {}
    yield from _expiring(ours, "own_expiring", "own_expired", now)
    yield from _expiring(devices, "device_expiring", "device_expired", now)
    if not ours and not devices:
        yield Finding("certificates", "good", "certificates", {"days": CERTIFICATE_CARE // 86_400})


def _expiring(ends: Mapping[str, int], soon: Code, over: Code, now: int) -> Iterator[Finding]:
    for name, expires in ends.items():
        if expires <= now:
            yield Finding("certificates", "bad", over, {"name": name})
        else:
            yield Finding("certificates", "care", soon, {"name": name, "days": (expires - now) // 86_400})


def own_certificates(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Each certificate of the authority and the broker, and when it expires (UTC seconds)."""
    for path in [*settings.folder.glob("certs/**/*.pem"), *settings.folder.glob("broker/server.pem")]:
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
            yield path, int(certificate.not_valid_after_utc.timestamp())


def check_database(settings: Settings, _now: int) -> Iterator[Finding]:
    """The database is reachable, its tables are those of the newest revision, and it has all that was committed."""
    with _database(settings) as session:
        if session is None:
            yield Finding("database", "care", "database_missing")
            return
        found = kind_of(session.connection())
    codes: dict[Kind, Code] = {
        "empty": "database_older",
        "older": "database_older",
        "newest": "database",
        "newer": "database_newer",
        "unknown": "database_unknown",
        "altered": "database_altered",
    }
    if found.opens and went_back(settings):
        yield Finding("database", "bad", "database_went_back", {"folder": settings.folder})
        return
    facts = {"revision": found.revision or "-", "newest": newest_revision()}
    yield Finding("database", "good" if found.kind == "newest" else "bad", codes[found.kind], facts)


def check_deliveries(settings: Settings, now: int) -> Iterator[Finding]:
    """Deliveries are not delayed, and no registration is late."""
    stuck = select(func.count()).select_from(Delivery).where(Delivery.state == "owed", Delivery.due_at < now - OVERDUE)
    late = (
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.state.in_(OPEN),
            Registration.refiled_id.is_(None),
            Registration.deadline_at < now,
        )
    )
    with _database(settings) as session:
        waiting, overdue = ((session and session.scalar(query)) or 0 for query in (stuck, late))
    if waiting:
        yield Finding("deliveries", "bad", "deliveries_stuck", {"n": waiting})
    if overdue:
        yield Finding("deliveries", "bad", "registrations_late", {"n": overdue})
    if not waiting and not overdue:
        yield Finding("deliveries", "good", "deliveries")


def check_loops(settings: Settings, now: int) -> Iterator[Finding]:
    """The running gateway's background loops get on, by the note it writes every few seconds."""
    path = settings.folder / NOTE
    if not path.exists():
        yield Finding("loops", "good", "loops_unknown")
        return
    note, age = json.loads(path.read_text()), now - int(path.stat().st_mtime)
    if not Path(f"/proc/{note['process']}").exists():
        yield Finding("loops", "bad", "loops_gone", {"process": note["process"]})
        return
    if age > SILENT:
        yield Finding("loops", "bad", "loops_silent", {"minutes": age // 60})
        return
    unwell = {name: state for name, state in note["loops"].items() if state != "good"}
    for name, state in unwell.items():
        yield Finding("loops", "bad", "loop_late" if state == "late" else "loop_ended", {"name": name})
    if not unwell:
        yield Finding("loops", "good", "loops", {"n": len(note["loops"])})


def check_faces(settings: Settings, _now: int) -> Iterator[Finding]:
    """The number of stored faces is within the limit: a filing with the authority takes its working days."""
    with _database(settings) as session:
        known = bool(session and inspect(session.connection()).has_table(Portrait.__tablename__))
        counted = faces_stored(session, settings.face_filings) if session and known else []
    near = [found for found in counted if found.count.state != "free"]
    for found in near:
        full = found.count.state != "warn"
        facts = {"n": found.count.people, "limit": found.limit, "jurisdiction": found.jurisdiction}
        yield Finding("faces", "bad" if full else "care", "faces_full" if full else "faces_near", facts)
    if not near:
        yield Finding("faces", "good", "faces", {"n": sum(found.count.people for found in counted)})


def check_firmware(settings: Settings, now: int) -> Iterator[Finding]:
    """No roll-out of firmware has stopped, and every device is supported."""
    with _database(settings) as session:
        known = bool(session and inspect(session.connection()).has_table(RollOut.__tablename__))
        stopped = select(func.count()).select_from(RollOut).where(RollOut.state == "stopped")
        waiting = (session.scalar(stopped) or 0) if session and known else 0
        old = unsupported(session, now) if session and known else []
    if waiting:
        yield Finding("firmware", "bad", "firmware_stopped", {"n": waiting})
    if old:
        yield Finding("firmware", "care", "firmware_unsupported", {"n": len(old), "devices": ", ".join(old[:10])})
    if not waiting and not old:
        yield Finding("firmware", "good", "firmware")


@contextmanager
def _database(settings: Settings) -> Iterator[Session | None]:
    """A session on the existing database, without creating or migrating it; None where there is none."""
    if is_missing(settings.database):
        yield None
        return
    engine = create_engine(settings.database, hide_parameters=True)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


CHECKS: Final[dict[str, Check]] = {
    "folder": check_folder,
    "identity": check_identity,
    "database": check_database,
    "broker": check_broker,
    "clock": check_clock,
    "certificates": check_certificates,
    "deliveries": check_deliveries,
    "loops": check_loops,
    "faces": check_faces,
    "firmware": check_firmware,
}


def examine(settings: Settings, now: int) -> list[Finding]:
    """Run all checks in order; a check that fails to run yields a finding, and the others still run."""
    found: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            found += check(settings, now)
        except (SQLAlchemyError, OSError, ValueError) as error:
            found.append(Finding(name, "bad", "not_looked_at", {"detail": type(error).__name__}))
    return found
