"""Commands to locks that are repeated until confirmed, created for a batch of attempts in one transaction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session, lazyload

from devices.intents import DropKey, Intent, PutKey, ReadBack, Revoke
from gateway.journey.keys.issue import UNKNOWN
from gateway.outbox.deliveries import Decision, Done, Refused
from gateway.store import Command, Delivery, Device, Key

COMMAND_LIFETIME: Final = 3600
MAX_LIST_LENGTH: Final = 300
OF_A_KEY: Final = frozenset({"put_key", "drop_key"})
OF_A_LOCK: Final = frozenset({"revoke", "read_back"})
CONFIRMED_WORK: Final = OF_A_KEY | OF_A_LOCK


@dataclass(frozen=True, slots=True)
class Ready:
    """One attempt: the intent and its device."""

    device: Device
    intent: Intent


class LockCommands:
    """Loads the rows of a batch of attempts once; `ready` decides each attempt, `write` stores the commands."""

    def __init__(self, session: Session, deliveries: Sequence[Delivery], now: int) -> None:
        self._session, self._now = session, now
        self._commands: list[dict[str, Any]] = []
        self._carries: list[dict[str, Any]] = []
        self._keys = self._load_keys({row.about for row in deliveries if row.work in OF_A_KEY})
        locks = {row.about for row in deliveries if row.work in OF_A_LOCK} | {
            key.device_id for key in self._keys.values()
        }
        self._devices = {row.id: row for row in session.scalars(select(Device).where(Device.id.in_(locks)))}
        self._lists = self._load_lists({row.about for row in deliveries if row.work == "revoke"})

    def ready(self, delivery: Delivery) -> Ready | Decision:
        """The attempt, or the decision that makes it unnecessary or impossible."""
        if delivery.work in OF_A_LOCK:
            device = self._devices.get(delivery.about)
            return self._ask(delivery, device, None) if device else Refused("no_such_lock")
        key = self._keys.get(delivery.about)
        if key is None:
            return Refused("no_such_key")
        if delivery.work == "put_key" and key.desired != "present":
            return Done("no_longer_wanted")
        if delivery.work == "put_key" and key.observed == "present":
            return Done("on_lock")
        if delivery.work == "drop_key" and key.revoked_at is not None:
            return Done("gone_from_lock")
        return self._ask(delivery, self._devices[key.device_id], key)

    def write(self) -> None:
        """Store the commands, and the command id of each delivery."""
        if self._commands:
            table = cast("Table", Delivery.__table__)
            carried = update(table).where(table.c.id == bindparam("which")).values(command_id=bindparam("carrier"))
            self._session.execute(insert(Command), self._commands)
            self._session.connection().execute(carried, self._carries)

    def _ask(self, delivery: Delivery, device: Device, key: Key | None) -> Ready:
        name, expires = os.urandom(16), self._now + COMMAND_LIFETIME
        row = {"id": name.hex(), "device_id": device.id, "key_id": key.id if key else None, "type": delivery.work}
        self._commands.append(row | {"issued_at": self._now, "expires_at": expires})
        self._carries.append({"which": delivery.id, "carrier": name.hex()})
        return Ready(device, self._intent(delivery, name, expires, device, key))

    def _intent(self, delivery: Delivery, name: bytes, expires: int, device: Device, key: Key | None) -> Intent:
        work = delivery.work
        if key is not None and work == "put_key":
            return PutKey(name, bytes.fromhex(key.id), key.credential, expires)
        if key is not None:
            return DropKey(name, bytes.fromhex(key.id), expires)
        if work == "revoke":
            listed = [*(delivery.body or {}).get(UNKNOWN, ()), *self._lists.get(device.id, [])]
            keys = tuple(bytes.fromhex(key_id) for key_id in listed[:MAX_LIST_LENGTH])
            return Revoke(name, device.list_epoch, keys, expires, device.code_epoch, device.once_from or None)
        return ReadBack(name, expires)

    def _load_keys(self, names: set[str]) -> dict[str, Key]:
        query = select(Key).where(Key.id.in_(names)).options(lazyload(Key.stay), lazyload(Key.device))
        return {row.id: row for row in self._session.scalars(query)} if names else {}

    def _load_lists(self, locks: set[str]) -> dict[str, list[str]]:
        """Lock -> ids of revoked keys that have not expired, the latest revoked first."""
        revoked = select(Key.device_id, Key.id).where(Key.device_id.in_(locks), Key.desired == "absent")
        found: dict[str, list[str]] = {}
        for device_id, key_id in self._session.execute(
            revoked.where(Key.expires_at > self._now).order_by(Key.revoking_at.desc())
        ):
            found.setdefault(device_id, []).append(key_id)
        return found
