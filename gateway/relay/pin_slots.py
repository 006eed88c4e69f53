"""PINs in the numbered slots of other makers' locks, sent until the lock confirms them."""

import os
from collections.abc import Awaitable, Callable
from typing import Final

from devices.intents import DropPasscode, Intent, PutPasscode
from gateway.domain.outcomes import WAITING_FOR_LOCK
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.pin_slots import pin_of
from gateway.outbox.deliveries import Decision, Done, RetryAt
from gateway.relay.loop import Sender, Sent
from gateway.store import Command, Delivery, Device, SlotCode
from gateway.store.database import Database

COMMAND_LIFETIME: Final = 20  # such a lock runs one command at a time: an unanswered one must not block an unlock
FIRST_RETRY_SECONDS: Final = 30
MAX_RETRY_SECONDS: Final = {"put_slot": 900, "drop_slot": 300}  # each attempt wakes the lock and costs its battery

Send = Callable[[Device, Intent, Sent, Delivery], Awaitable[Sent]]


class SlotSenders:
    """The senders of put_slot and drop_slot."""

    def __init__(self, database: Database, keyring: Keyring, send: Send, now: Callable[[], int]) -> None:
        """`send` passes an intent to the device's driver and returns the outcome."""
        self._database, self._keyring, self._send, self._now = database, keyring, send, now

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"put_slot": self.put, "drop_slot": self.drop}

    async def put(self, delivery: Delivery) -> Sent:
        """Put a PIN into its slot, from the start of the stay and while it is wanted."""
        code, device = self._code(delivery)
        settled = self._settled(code)
        if settled is not None:
            return Sent(settled)
        digits = pin_of(code, self._keyring.passcode_key)
        name, expires = self._command(delivery, device)
        return await self._ask(delivery, device, PutPasscode(name, code.slot, digits, expires))

    async def drop(self, delivery: Delivery) -> Sent:
        """Empty a slot, until the lock confirms it."""
        code, device = self._code(delivery)
        if code.observed == "absent" or (code.desired == "present" and self._now() >= code.begins_at):
            return Sent(Done("gone_from_lock" if code.observed == "absent" else "wanted_again"))
        name, expires = self._command(delivery, device)
        return await self._ask(delivery, device, DropPasscode(name, code.slot, expires))

    def _settled(self, code: SlotCode) -> Decision | None:
        now = self._now()
        if code.desired != "present" or now >= code.ends_at:
            return Done("no_longer_wanted")
        if code.observed == "present":
            return Done("on_lock")
        return RetryAt(code.begins_at, "stay_not_begun") if now < code.begins_at else None

    async def _ask(self, delivery: Delivery, device: Device, intent: Intent) -> Sent:
        pause = min(FIRST_RETRY_SECONDS << min(delivery.attempts, 10), MAX_RETRY_SECONDS[delivery.work])
        again = RetryAt(self._now() + pause, WAITING_FOR_LOCK)
        return await self._send(device, intent, Sent(again), delivery)

    def _code(self, delivery: Delivery) -> tuple[SlotCode, Device]:
        with self._database.reading() as session:
            code = session.get_one(SlotCode, delivery.about)
            return code, session.get_one(Device, code.device_id)

    def _command(self, delivery: Delivery, device: Device) -> tuple[bytes, int]:
        """The id (16 bytes) and expiry of this attempt's command, stored before it is sent."""
        name, now = os.urandom(16), self._now()
        row = Command(id=name.hex(), device_id=device.id, type=delivery.work, issued_at=now, expires_at=now)
        row.expires_at += COMMAND_LIFETIME
        with self._database.writing() as session:
            session.add(row)
            session.get_one(Delivery, delivery.id).command_id = row.id
        return name, now + COMMAND_LIFETIME
