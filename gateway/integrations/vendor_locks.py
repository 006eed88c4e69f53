"""Locks of other makers, on the operator's broker or within Bluetooth range; each lock's secrets are in a file."""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from certs.files import SECRET, write_atomic
from devices.driver import Driver
from devices.drivers import DRIVERS
from devices.drivers.vendor import MqttDriver, RadioDriver
from devices.link import Link
from devices.links.ble import BleLink, BleRadio
from devices.links.in_order import LinksInOrder
from devices.links.mqtt import MqttLink
from devices.links.radio import RadioLink
from devices.wire.topics import IDENTIFIER
from gateway.domain.errors import Conflict, InputRefused
from gateway.integrations.home_assistant import STATUS, HomeAssistant, HomeTopics
from gateway.settings import HomeBroker
from gateway.store import Device, Unit
from gateway.store.database import Database
from gateway.texts.marks import N_

SECRETS = "vendor-locks"  # in the gateway's folder: one file per lock


class VendorLocks:
    """Links and drivers of the makers that are set up."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}  # by driver: each link accepts messages of that driver's locks only
        self.drivers: dict[str, Driver] = {}

    @classmethod
    def open(
        cls, gateway_name: str, broker: HomeBroker | None, radio: BleRadio | None, folder: Path, now: Callable[[], int]
    ) -> Self:
        """Create one link per maker, so that makers' topics are separate; not started. `folder`: the gateway's."""
        opened, mutex = cls(), asyncio.Lock()
        secrets = partial(secrets_of, folder / SECRETS)
        for name, kind in DRIVERS.items():
            if broker is not None and issubclass(kind, MqttDriver):
                address = broker.address(f"{gateway_name}-{name}")
                opened._add(kind, MqttLink(address, addressing=kind.topics(broker.site)), now)
            elif radio is not None and issubclass(kind, RadioDriver):
                opened._add(kind, RadioLink(kind.open, secrets, radio, mutex), now)
        return opened

    def _add(self, kind: type[MqttDriver | RadioDriver], link: Link, now: Callable[[], int]) -> None:
        self.links[kind.name] = link
        self.drivers[kind.name] = kind(link, now)


def open_home_assistant(
    gateway_name: str, broker: HomeBroker | None, database: Database, now: Callable[[], int]
) -> HomeAssistant | None:
    """The publisher for Home Assistant; None where it is not set up."""
    if broker is None or not broker.home_assistant:
        return None
    address = broker.address(f"{gateway_name}-home-assistant", will=(STATUS, b"offline"))
    topics = HomeTopics(broker.home_assistant_commands)
    link = MqttLink(address, addressing=topics, as_published=True)
    return HomeAssistant(database, link, now)


def get_radio(name: str) -> BleRadio | None:
    """The platform's Bluetooth adapter of this name (BlueZ), or any; None where no name is set."""
    if not name:
        return None
    adapter = {} if name == "any" else {"bluez": {"adapter": name}}
    return BleRadio(scanner=adapter, client=adapter)


def with_radio(network: Link, radio: BleRadio | None) -> Link:
    """The driver of native locks: over the network, then over Bluetooth where there is a radio."""
    return network if radio is None else LinksInOrder([network, BleLink(radio)])


def take_into_service(
    session: Session,
    folder: Path,
    *,
    driver: str,
    device: str,
    site: str,
    unit: Unit | None,
    secrets: Mapping[str, str],
    pin_slots: int | None = None,
) -> Device:
    """Add another maker's lock, which has no certificate. Its secrets go to a file of mode 0600, never to a log.

    `pin_slots`: how many PINs the lock keeps; None if unknown. Raises Conflict or InputRefused.
    """
    if session.get(Device, device) is not None:
        raise Conflict(N_("This device id has already been used. Choose another one."))
    if not (IDENTIFIER.match(device) and IDENTIFIER.match(site)):
        raise InputRefused(
            N_("A device id has at most 36 characters: lower-case letters, digits and hyphens."), field="device"
        )
    if missing := set(secrets_needed(driver)) - set(secrets):
        raise InputRefused(
            N_("The secrets file does not contain: {keys}."), {"keys": ", ".join(sorted(missing))}, field="secrets"
        )
    row = Device(id=device, site=site, kind="lock", driver=driver, unit=unit, label=device, pin_slots=pin_slots)
    row.public_key, row.certificate_serial, row.certificate_expires_at = b"", "", 0
    session.add(row)
    if secrets:
        kept = folder / SECRETS
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(kept / f"{device}.json", json.dumps(dict(secrets)).encode(), SECRET)
    return row


def secrets_needed(driver: str) -> tuple[str, ...]:
    """Names required in a lock's file of secrets; empty for a lock on a broker."""
    kind = DRIVERS[driver]
    return ("address", *kind.secrets) if issubclass(kind, RadioDriver) else ()


def secrets_of(folder: Path, device: str) -> dict[str, str]:
    """The stored secrets of this lock. Raises KeyError where there are none."""
    path = folder / f"{device}.json"
    if not path.exists():
        raise KeyError(device)
    return dict(json.loads(path.read_text()))
