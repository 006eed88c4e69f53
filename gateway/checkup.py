"""What would keep the gateway from doing its work, found before a tenant finds it. Looks only; changes nothing.

A check takes the settings and the time (UTC seconds) and yields findings; each says what is wrong and what to do.
"""

import shutil
import socket
import ssl
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from alembic.migration import MigrationContext
from cryptography import x509
from sqlalchemy import create_engine, func, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.broker_config import BrokerMissing, find_mosquitto
from gateway.journey.portraits import faces_stored
from gateway.settings import Settings
from gateway.store import Delivery, Device, Event, Portrait, Registration
from gateway.store.database import newest_revision

Mood = Literal["good", "care", "bad"]

LEAST_FREE: Final = 500 * 1024 * 1024
CERTIFICATE_CARE: Final = 14 * 86_400
PATIENCE: Final = 3.0
TOLERANCE: Final = 60  # seconds the clock may lie behind what was already recorded
OVERDUE: Final = 3600  # seconds after which something owed to a device or a consumer is worth a look


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mood`: good, care (will become trouble) or bad (is trouble)."""

    check: str
    mood: Mood
    sentence: str


Check = Callable[[Settings, int], Iterator[Finding]]


def check_folder(settings: Settings, _now: int) -> Iterator[Finding]:
    """The folder can be written, has room, and is nobody else's to read."""
    folder = settings.folder
    if not folder.is_dir():
        yield Finding("folder", "care", f"{folder} is not there yet. `lodgekey serve` makes it at its first start.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding("folder", "bad", f"{folder} cannot be written ({error.strerror}). Give it to this user.")
        return
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield Finding(
            "folder", "bad", f"Only {free >> 20} MB are free at {folder}. Make room: check-ins will be refused."
        )
    open_to_others = [path for path in _secrets(folder) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in open_to_others:
        yield Finding("folder", "bad", f"Others can read {path}. Close it with: chmod 600 {path}")
    if free >= LEAST_FREE and not open_to_others:
        yield Finding("folder", "good", f"{folder} can be written, and {free >> 30} GB are free.")


def _secrets(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.glob("certs/**/*.key"))
    yield from (path for path in (folder / "offers.secret", folder / "broker" / "server.key") if path.exists())


def check_broker(settings: Settings, _now: int) -> Iterator[Finding]:
    """There is a mosquitto to start, or the operator's own broker answers with a certificate we believe."""
    if not settings.broker_host:
        try:
            yield Finding("broker", "good", f"mosquitto is at {find_mosquitto(settings.mosquitto)}.")
        except BrokerMissing as error:
            yield Finding("broker", "bad", f"{error}. On Debian: apt install mosquitto")
        return
    place = f"{settings.broker_host}:{settings.broker_port}"
    try:
        context = ssl.create_default_context(cafile=settings.broker_ca_file)
        if settings.broker_cert_file:
            context.load_cert_chain(settings.broker_cert_file, settings.broker_key_file)
        with socket.create_connection((settings.broker_host, settings.broker_port), PATIENCE) as plain:
            context.wrap_socket(plain, server_hostname=settings.broker_host).close()
    except ssl.SSLError as error:
        yield Finding("broker", "bad", f"The broker at {place} and we do not believe each other: {error.reason}.")
    except OSError as error:
        yield Finding("broker", "bad", f"The broker at {place} does not answer ({error}). Is it running?")
    else:
        yield Finding("broker", "good", f"The broker at {place} answers.")


def check_clock(settings: Settings, now: int) -> Iterator[Finding]:
    """The clock is kept by something, and has not been put back: keys and deadlines live by it."""
    kept = _is_clock_kept()
    if kept is False:
        yield Finding(
            "clock", "care", "Nothing keeps this machine's clock. Start an NTP service, e.g. systemd-timesyncd."
        )
    with _database(settings) as session:
        latest = (session and session.scalar(select(func.max(Event.at)))) or 0
    if latest > now + TOLERANCE:
        behind = (latest - now) // 60
        yield Finding("clock", "bad", f"The clock is {behind} minutes behind what was already recorded. Set it right.")
    elif kept is not False:
        yield Finding("clock", "good", "The clock is not behind what was recorded.")


def _is_clock_kept() -> bool | None:
    """Whether the system says that its clock follows another; None where it cannot be asked."""
    timedatectl = shutil.which("timedatectl")
    if timedatectl is None:
        return None
    command = [timedatectl, "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)


def check_certificates(settings: Settings, now: int) -> Iterator[Finding]:
    """Ours and the devices' are good for a while yet."""
    soon = now + CERTIFICATE_CARE
    expiring = {str(path): expires for path, expires in _own_certificates(settings) if expires < soon}
    in_service = select(Device.id, Device.certificate_expires_at).where(
        Device.revoked_at.is_(None), Device.certificate_expires_at.between(1, soon)
    )
    with _database(settings) as session:
        rows = session.execute(in_service).all() if session else ()
    expiring |= {f"device {device}": expires for device, expires in rows}
    for owner, expires in expiring.items():
        when = "has expired" if expires <= now else f"expires in {(expires - now) // 86_400} days"
        renewal = (
            "let it reconnect, or enrol it anew" if owner.startswith("device") else "restart the gateway to renew it"
        )
        yield Finding(
            "certificates", "bad" if expires <= now else "care", f"The certificate of {owner} {when}: {renewal}."
        )
    if not expiring:
        yield Finding("certificates", "good", "No certificate expires within 14 days.")


def _own_certificates(settings: Settings) -> Iterator[tuple[Path, int]]:
    for path in [*settings.folder.glob("certs/**/*.pem"), *settings.folder.glob("broker/server.pem")]:
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
            yield path, int(certificate.not_valid_after_utc.timestamp())


def check_database(settings: Settings, _now: int) -> Iterator[Finding]:
    """It can be reached and has the newest tables."""
    with _database(settings) as session:
        if session is None:
            yield Finding("database", "care", "There is no database yet. `lodgekey db migrate` makes it.")
            return
        revision = MigrationContext.configure(session.connection()).get_current_revision()
    if revision != newest_revision():
        told = f"The database is at revision {revision}, not {newest_revision()}. Run: lodgekey db migrate"
        yield Finding("database", "bad", told)
    else:
        yield Finding("database", "good", f"The database is at revision {revision}, the newest.")


def check_deliveries(settings: Settings, now: int) -> Iterator[Finding]:
    """What is owed is being delivered, and no registration is late."""
    stuck = select(func.count()).select_from(Delivery).where(Delivery.state == "owed", Delivery.due_at < now - OVERDUE)
    late = (
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.state.in_(("queued", "asking", "pending", "unknown", "refused")),
            Registration.deadline_at < now,
        )
    )
    with _database(settings) as session:
        waiting, overdue = ((session and session.scalar(query)) or 0 for query in (stuck, late))
    if waiting:
        told = f"{waiting} deliveries are more than an hour past their time. Is `lodgekey serve` running?"
        yield Finding("deliveries", "bad", told)
    if overdue:
        told = f"{overdue} registrations are past their legal deadline. Open the filings page and see to them."
        yield Finding("deliveries", "bad", told)
    if not waiting and not overdue:
        yield Finding("deliveries", "good", "Nothing is owed past its time.")


def check_faces(settings: Settings, _now: int) -> Iterator[Finding]:
    """As many people's faces may be stored as are: a filing with the authority takes its working days."""
    with _database(settings) as session:
        known = bool(session and inspect(session.connection()).has_table(Portrait.__tablename__))
        counted = faces_stored(session, settings.face_filings) if session and known else []
    near = [found for found in counted if found.count.state != "free"]
    for found in near:
        full = found.count.state != "warn"
        told = (
            f"{found.count.people} of {found.limit} people's faces are stored under the rules of {found.jurisdiction}"
        )
        next_step = "No more is stored: file with the authority" if full else "File with the authority in time"
        setting = "and put the filing's number into LODGEKEY_FACE_FILINGS."
        yield Finding("faces", "bad" if full else "care", f"{told}. {next_step}, {setting}")
    if not near:
        stored = sum(found.count.people for found in counted)
        yield Finding("faces", "good", f"{stored} people's faces are stored, within what may be.")


@contextmanager
def _database(settings: Settings) -> Iterator[Session | None]:
    """A session on the database as it is, without making or changing it; None where there is none yet."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield None
        return
    engine = create_engine(url, hide_parameters=True)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


CHECKS: Final[dict[str, Check]] = {
    "folder": check_folder,
    "database": check_database,
    "broker": check_broker,
    "clock": check_clock,
    "certificates": check_certificates,
    "deliveries": check_deliveries,
    "faces": check_faces,
}


def examine(settings: Settings, now: int) -> list[Finding]:
    """Every check in order; one that cannot look says so, and the others go on."""
    found: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            found += check(settings, now)
        except (SQLAlchemyError, OSError) as error:
            found.append(Finding(name, "bad", f"This could not be looked at: {type(error).__name__}. See to it first."))
    return found
