"""Delivery of firmware: one command at a time to a device, in a lane of its own, going on where its answer says."""

import os
from collections.abc import Callable
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from devices.intents import Install, Intent, PutChunk, PutManifest, PutSupport
from gateway.journey.firmware.publishing import bytes_at
from gateway.journey.firmware.reports import move
from gateway.journey.firmware.roll_outs import WORK
from gateway.journey.firmware.support import WORK as SUPPORT
from gateway.journey.firmware.support import stated_support, support_of
from gateway.outbox.deliveries import Done
from gateway.relay.loop import Sender, Sent, answer_awaited
from gateway.relay.pin_slots import Send
from gateway.store import Command, Delivery, Device, FirmwareUpdate
from gateway.store.database import Database

COMMAND_LIFETIME: Final = 600
ASK_AGAIN: Final = 10
MAX_ASK_AGAIN: Final = 60
Asked = tuple[str, Intent]


class FirmwareSenders:
    """Each attempt is the next command of an update; only the device's answer moves the update on."""

    def __init__(self, database: Database, send: Send, now: Callable[[], int]) -> None:
        self._database, self._send, self._now = database, send, now

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {WORK: self.update, SUPPORT: self.tell_support}

    async def update(self, delivery: Delivery) -> Sent:
        """Send the manifest, the bytes the device lacks, or the order to install."""
        with self._database.writing() as session:
            update, row = session.get_one(FirmwareUpdate, delivery.about), session.get(Delivery, delivery.id)
            if row is None or update.roll_out.state != "running" or update.state != "sending":
                if row is not None:  # else a late answer has put another one in its place
                    move(session, update, "waiting", self._now())
                return Sent(Done("no_longer_wanted"))
            device = session.get_one(Device, update.device_id)
            intent = self._note(session, row, device, *self._next(session, update))
        return await self._send(device, intent, self._again(delivery), delivery)

    async def tell_support(self, delivery: Delivery) -> Sent:
        """Tell a device the end of its support."""
        with self._database.writing() as session:
            device = session.get_one(Device, delivery.about)
            ends = support_of(device, stated_support(session))
            if ends is None or ends == device.support_ends_at:
                return Sent(Done("no_longer_wanted"))
            name, expires = os.urandom(16), self._now() + COMMAND_LIFETIME
            row = session.get_one(Delivery, delivery.id)
            intent = self._note(session, row, device, SUPPORT, PutSupport(name, ends, expires))
        return await self._send(device, intent, self._again(delivery), delivery)

    def _next(self, session: Session, update: FirmwareUpdate) -> Asked:
        image, name, expires = update.roll_out.image, os.urandom(16), self._now() + COMMAND_LIFETIME
        digest = bytes.fromhex(image.digest)
        if update.held is None:
            return "put_manifest", PutManifest(name, image.envelope, expires)
        if update.held >= image.size:
            return "install", Install(name, digest, expires)
        data = bytes_at(session, image, update.held)
        return "put_chunk", PutChunk(name, digest, update.held, data, expires)

    def _note(self, session: Session, row: Delivery, device: Device, type_: str, intent: Intent) -> Intent:
        """Store the command, in place of the one before that was not answered."""
        now = self._now()
        if row.command_id is not None:
            session.execute(delete(Command).where(Command.id == row.command_id))
        name = intent.command_id.hex()
        session.add(Command(id=name, device_id=device.id, type=type_, issued_at=now, expires_at=intent.expires_at))
        row.command_id = name
        return intent

    def _again(self, delivery: Delivery) -> Sent:
        return answer_awaited(delivery, self._now(), minimum=ASK_AGAIN, maximum=MAX_ASK_AGAIN)
