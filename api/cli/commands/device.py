"""`lodgekey device`: puts locks and kiosks into service and takes them out of it."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.commands import claim, fleet
from api.cli.folder import opened, unit_coded
from api.cli.output import AsJson, Folder, padded, said, settings_of, tell, tell_rows, word
from api.cli.refusal import Refused
from api.web.kiosk import rules_at, write_kiosk_page
from certs.authority.ca import Authority
from devices.drivers import DRIVERS
from devices.drivers.vendor import MqttDriver
from gateway.clock import utc_now
from gateway.fleet.enrolment import Standing, enrol_device, revoke_device, standing
from gateway.integrations.vendor_locks import take_into_service
from gateway.settings import Settings
from gateway.store import Device
from gateway.store.database import Database
from gateway.supervision import NOTE
from gateway.texts.marks import N_

Secrets = Annotated[Path | None, typer.Option(help="JSON file with the address and keys of a Bluetooth lock.")]
PinSlots = Annotated[int | None, typer.Option(min=1, max=1000, help="Number of PINs the lock keeps; 30 if not stated.")]

ENFORCED_WITHIN: Final = 15.0  # seconds
LOOK_EVERY: Final = 0.25
ENFORCED: Final = N_("{device}: revocation requested at {asked}, enforced at {enforced}.")
NOT_ENFORCED: Final = N_(
    "{device}: revocation requested at {asked}, not enforced yet: the broker still accepts the device. "
    "`lodgekey device list` shows since when it is enforced."
)
OUT_OF_SERVICE: Final = N_("{device} is out of service.")

app = typer.Typer(no_args_is_help=True)
app.command("claim")(claim.claim)
app.command("fleet")(fleet.fleet)


@app.command()
def add(
    device: Annotated[str, typer.Argument(help="Device id: lower-case letters, digits and hyphens.")],
    site: Annotated[str, typer.Option(help="Site: the building or compound.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write the device's private key and certificate to.")
    ] = None,
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door the device is on.")] = None,
    driver: Annotated[
        str, typer.Option(help="Driver: native, or that of another vendor; see docs/drivers.md.")
    ] = "native",
    secrets: Secrets = None,
    pin_slots: PinSlots = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Put a device into service. A native device gets a certificate and a start folder; others need neither."""
    settings = settings_of(folder)
    if driver != "native":
        add_vendor_lock(settings, VendorLock(device, site, driver, unit, secrets, pin_slots), as_json=as_json)
        return
    if out is None:
        raise Refused("out_missing")
    with opened(settings, newest=True) as database, database.writing() as session:
        row = enrol_device(
            session,
            Authority.open(settings.folder / "certs", utc_now),
            out,
            site=site,
            device=device,
            kind=kind,
            unit=unit_coded(session, unit),
            host=settings.broker_name,
            port=settings.broker_port,
        )
        expires = row.certificate_expires_at
        if kind == "kiosk":
            jurisdiction, registries = rules_at(session, site)
            write_kiosk_page(out, jurisdiction, settings.address, registries)
    output = {"device": device, "folder": str(out), "certificate_expires_at": expires}
    tell(output, as_json, N_("{device} is in service. Its start folder is {folder}."), device=device, folder=out)


@dataclass(frozen=True, slots=True)
class VendorLock:
    """A lock with a driver of its own, as the operator describes it."""

    device: str
    site: str
    driver: str
    unit: str | None
    secrets: Path | None
    pin_slots: int | None


def add_vendor_lock(settings: Settings, lock: VendorLock, *, as_json: bool) -> None:
    """Add a lock of another vendor."""
    device, driver = lock.device, lock.driver
    if driver not in DRIVERS:
        raise Refused("no_such_driver", driver=driver, drivers=", ".join(sorted(DRIVERS)))
    home = settings.home_broker
    if issubclass(DRIVERS[driver], MqttDriver) and home is not None and lock.site != home.site:
        raise Refused("foreign_site", site=home.site)
    given = secrets_in(lock.secrets) if lock.secrets else {}
    with opened(settings, newest=True) as database, database.writing() as session:
        take_into_service(
            session,
            settings.folder,
            driver=driver,
            device=device,
            site=lock.site,
            unit=unit_coded(session, lock.unit),
            secrets=given,
            pin_slots=lock.pin_slots,
        )
    can = sorted(ability.value for ability in DRIVERS[driver].abilities)
    tell(
        {"device": device, "driver": driver, "abilities": can},
        as_json,
        N_("{device} is in service with the driver {driver}."),
        device=device,
        driver=driver,
    )


def secrets_in(path: Path) -> dict[str, str]:
    """Read a lock's address and keys from a file. Raises Refused if it is not a JSON object of texts."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refused("not_json", name=path)
    return given


@app.command()
def revoke(
    device: Annotated[str, typer.Argument(help="Device id.")], folder: Folder = None, as_json: AsJson = False
) -> None:
    """Take a device out of service: a running gateway rejects its messages at once, its broker within 15 seconds."""
    settings = settings_of(folder)
    with opened(settings) as database:
        with database.writing() as session:
            revoke_device(session, device, utc_now())
        running = (settings.folder / NOTE).exists()
        found = wait_until_enforced(database, device, ENFORCED_WITHIN if running else 0)
    asked, enforced = written(found.asked_at), written(found.enforced_at)
    sentence = ENFORCED if enforced else NOT_ENFORCED if found.by_broker else OUT_OF_SERVICE
    result = {"device": device, "revoked": True, "requested_at": asked, "enforced_at": enforced}
    tell(result, as_json, sentence, device=device, asked=asked, enforced=enforced)


def wait_until_enforced(
    database: Database, device_id: str, seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Standing:
    """Look at the device's revocation until the broker enforces it, at most this long."""
    for _ in range(int(seconds / LOOK_EVERY) + 1):
        with database.reading() as session:
            found = standing(session, session.get_one(Device, device_id), utc_now())
        if found.enforced_at is not None or not found.by_broker or not seconds:
            break
        sleep(LOOK_EVERY)
    return found


def written(at: int | None) -> str | None:
    """A time of UTC seconds in RFC 3339."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@app.command("list")
def list_devices(folder: Folder = None, as_json: AsJson = False) -> None:
    """List all devices with their site and whether they are online."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows = [_row(session, row) for row in session.scalars(select(Device).order_by(Device.id))]
    tell_rows(rows, as_json, map(_line, rows))


def _row(session: Session, row: Device) -> dict[str, str | bool | None]:
    found = standing(session, row, utc_now())
    named = {"device": row.id, "site": row.site, "kind": row.kind, "driver": row.driver, "online": row.online}
    return named | {"revoked_at": written(row.revoked_at), "enforced_at": written(found.enforced_at)}


def _line(row: Mapping[str, str | bool | None]) -> str:
    reached = word("reach", "online" if row["online"] else "offline")
    line = f"{row['device']:<24} {padded(word('device', str(row['kind'])), 6)} {row['site']:<24} {reached}"
    if row["revoked_at"] is None:
        return line
    text = N_("revoked {asked}, enforced {enforced}") if row["enforced_at"] else N_("revoked {asked}")
    return f"{line} {said(text, asked=row['revoked_at'], enforced=row['enforced_at'])}"
