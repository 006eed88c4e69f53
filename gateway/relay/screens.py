"""Screens for kiosks, sent once."""

import os
from collections.abc import Callable
from typing import Any

from devices.intents import Show
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.passcodes import shown_codes
from gateway.journey.tenants.kiosk_offers import CODE_OF
from gateway.outbox.deliveries import Done
from gateway.relay.lock_commands import COMMAND_LIFETIME
from gateway.relay.loop import Sender, Sent
from gateway.relay.pin_slots import Send
from gateway.store import Delivery, Device, Stay
from gateway.store.database import Database


class ScreenSenders:
    """The sender of screens: stored codes and ids, and the keypad's code where there is one."""

    def __init__(self, database: Database, keyring: Keyring, send: Send, now: Callable[[], int]) -> None:
        """`send` passes an intent to the device's driver and returns the outcome."""
        self._database, self._keyring, self._send, self._now = database, keyring, send, now

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"show": self.show}

    async def show(self, delivery: Delivery) -> Sent:
        """Send one screen. Ids are converted to bytes; a tenant without a phone gets the keypad's code."""
        body: dict[str, Any] = dict(delivery.body or {})
        body |= {name: bytes.fromhex(body[name]) for name in ("registration", "sealed") if name in body}
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
            if CODE_OF in body:
                stay = session.get_one(Stay, body.pop(CODE_OF))
                codes = shown_codes(session, stay, self._keyring, self._now())
                body["code"] = codes[0].digits if codes else ""
        intent = Show(os.urandom(16), body, self._now() + COMMAND_LIFETIME)
        return await self._send(device, intent, Sent(Done("sent")), delivery)
