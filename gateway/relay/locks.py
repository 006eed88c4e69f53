"""Sending to locks and kiosks: keys, commands, the time, what a screen shows."""

import os
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.driver import Driver, LockAddress, Unable
from devices.intents import DropKey, Intent, PutKey, ReadBack, Revoke, SetTime, Show, Unlock
from devices.link import LinkDown
from devices.reports import Answered
from gateway.domain.key import UNLOCK_LIFETIME
from gateway.journey.lock import record_report
from gateway.outbox import Done, Expired, Refused, RetryAt, pause
from gateway.relay.loop import Sender, Sent
from gateway.store import Command, Delivery, Device, Key
from gateway.store.database import Database

KEY_COMMAND_LIFETIME: Final = 3600
ASK_AGAIN: Final = 30
LONGEST_LIST: Final = 300


class LockSenders:
    """One sender per kind of work; a key is settled only by the lock's own answer, never by having been sent."""

    def __init__(self, database: Database, drivers: Mapping[str, Driver], now: Callable[[], int]) -> None:
        self._database, self._drivers, self._now = database, drivers, now

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {
            "unlock": self.unlock,
            "put_key": self.put_key,
            "drop_key": self.drop_key,
            "revoke": self.revoke,
            "set_time": self.set_time,
            "read_back": self.read_back,
            "show": self.show,
        }

    async def unlock(self, delivery: Delivery) -> Sent:
        """Once, within the command's few seconds, if the key is still wanted at this moment."""
        with self._database.reading() as session:
            key, device = self._key_and_device(session, delivery.about)
        if key.desired != "present" or device.revoked_at is not None:
            return Sent(Refused("the key was revoked before the command was sent"))
        command_id, expires = str(delivery.command_id), int(delivery.expires_at or 0)
        intent = Unlock(bytes.fromhex(command_id), bytes.fromhex(key.id), expires)
        return await self._send(device, intent, Sent(Done("sent")), delivery)

    async def put_key(self, delivery: Delivery) -> Sent:
        """Until the lock says the key is on it, or nobody wants it there any more."""
        with self._database.reading() as session:
            key, device = self._key_and_device(session, delivery.about)
        if key.desired != "present":
            return Sent(Done("no longer wanted"))
        if key.observed == "present":
            return Sent(Done("on the lock"))
        command_id, expires = self._command(delivery, device.id, key.id, "put_key")
        intent = PutKey(command_id, bytes.fromhex(key.id), key.credential, expires)
        return await self._send(device, intent, self._ask_again(delivery), delivery)

    async def drop_key(self, delivery: Delivery) -> Sent:
        """Until the lock says the key is gone."""
        with self._database.reading() as session:
            key, device = self._key_and_device(session, delivery.about)
        if key.revoked_at is not None:
            return Sent(Done("gone from the lock"))
        command_id, expires = self._command(delivery, device.id, key.id, "drop_key")
        intent = DropKey(command_id, bytes.fromhex(key.id), expires)
        return await self._send(device, intent, self._ask_again(delivery), delivery)

    async def revoke(self, delivery: Delivery) -> Sent:
        """The revocation list as it is now, until the lock says that it has taken it in."""
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
            revoked = select(Key.id).where(Key.device_id == device.id, Key.desired == "absent")
            names = session.scalars(revoked.where(Key.expires_at > self._now()).order_by(Key.revoking_at.desc())).all()
        command_id, expires = self._command(delivery, device.id, None, "revoke")
        keys = tuple(bytes.fromhex(name) for name in names[:LONGEST_LIST])
        intent = Revoke(command_id, device.list_epoch, keys, expires, device.code_epoch)
        return await self._send(device, intent, self._ask_again(delivery), delivery)

    async def set_time(self, delivery: Delivery) -> Sent:
        """The time, for the nonce the device told last; a later nonce brings a delivery of its own."""
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
        now = self._now()
        intent = SetTime(os.urandom(16), now, device.nonce or b"", now + UNLOCK_LIFETIME)
        return await self._send(device, intent, Sent(Done("sent")), delivery)

    async def read_back(self, delivery: Delivery) -> Sent:
        """Ask the device to tell its whole state."""
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
        command_id, expires = self._command(delivery, device.id, None, "read_back")
        return await self._send(device, ReadBack(command_id, expires), Sent(Done("sent")), delivery)

    async def show(self, delivery: Delivery) -> Sent:
        """What a kiosk's screen is to say; ids and stable codes only."""
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
        body = dict(delivery.body or {})
        if "registration" in body:
            body["registration"] = bytes.fromhex(body["registration"])
        intent = Show(os.urandom(16), body, self._now() + KEY_COMMAND_LIFETIME)
        return await self._send(device, intent, Sent(Done("sent")), delivery)

    @staticmethod
    def _key_and_device(session: Session, key_id: str) -> tuple[Key, Device]:
        key = session.get_one(Key, key_id)
        return key, key.device

    async def _send(self, device: Device, intent: Intent, sent: Sent, delivery: Delivery) -> Sent:
        if device.revoked_at is not None:
            return Sent(Refused("the device's certificate was revoked"))
        try:
            answer = await self._drivers[device.driver].send(LockAddress(device.site, device.id), intent)
        except LinkDown:
            retry = self._now() + pause(delivery.attempts)
            late = delivery.expires_at is not None and retry >= delivery.expires_at
            return Sent(Expired("the link was down")) if late else Sent(RetryAt(retry, "the link is down"))
        except Unable:
            return Sent(Refused("this lock cannot do that"))
        return sent if answer is None else Sent(sent.decision, _recording(answer))

    def _ask_again(self, delivery: Delivery) -> Sent:
        return Sent(RetryAt(self._now() + max(ASK_AGAIN, pause(delivery.attempts)), "sent, waiting for the lock"))

    def _command(self, delivery: Delivery, device_id: str, key_id: str | None, kind: str) -> tuple[bytes, int]:
        """The command that carries this delivery: the same one while it lives, so that a repeat is recognised."""
        now = self._now()
        with self._database.writing() as session:
            row = session.get_one(Delivery, delivery.id)
            command = session.get(Command, row.command_id) if row.command_id else None
            if command is None or now >= command.expires_at or command.outcome is not None:
                command = Command(
                    id=os.urandom(16).hex(),
                    device_id=device_id,
                    key_id=key_id,
                    type=kind,
                    issued_at=now,
                    expires_at=now + KEY_COMMAND_LIFETIME,
                )
                session.add(command)
                row.command_id = command.id
            return bytes.fromhex(command.id), command.expires_at


def _recording(answer: Answered) -> Callable[[Session, int], None]:
    def also(session: Session, now: int) -> None:
        record_report(session, answer, now)

    return also
