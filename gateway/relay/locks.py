"""Delivery to locks and kiosks: keys, commands, time."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from devices.driver import Driver, LockAddress, Unable
from devices.intents import DropPasscode, Intent, SetTime, Unlock
from devices.link import LinkDown, NobodyListens
from devices.reports import Answered
from gateway.domain.keys.key import UNLOCK_LIFETIME
from gateway.domain.outcomes import LINK_DOWN, NOT_LISTENING
from gateway.journey.devices.reports import record_report
from gateway.outbox.deliveries import Decision, Done, Expired, Refused, RetryAt, retry_delay
from gateway.relay.lock_commands import CONFIRMED_WORK, LockCommands, Ready
from gateway.relay.loop import Sender, Sent, answer_awaited
from gateway.spans import span
from gateway.store import Delivery, Device, Key
from gateway.store.database import Database

CLOCK_AGAIN: Final = 10  # seconds after which it is looked whether the gateway's time is certain


class LockSenders:
    """One sender per kind of work; only the lock's own answer settles a key, never the sending."""

    def __init__(
        self,
        database: Database,
        drivers: Mapping[str, Driver],
        now: Callable[[], int],
        clock_believed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database, self._drivers, self._now, self._clock_believed = database, drivers, now, clock_believed
        self._ready: dict[int, Ready | Decision] = {}

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {
            "unlock": self.unlock,
            **dict.fromkeys(CONFIRMED_WORK, self.ask),
            "set_time": self.set_time,
        }

    async def unlock(self, delivery: Delivery) -> Sent:
        """Send one unlock command before it expires, if the key is still valid at this moment."""
        with self._database.reading() as session:
            key, device = self._key_and_device(session, delivery.about)
        if key.desired != "present" or device.revoked_at is not None:
            return Sent(Refused("key_revoked_before_sending"))
        command_id, expires = str(delivery.command_id), int(delivery.expires_at or 0)
        intent = Unlock(bytes.fromhex(command_id), bytes.fromhex(key.id), expires, delivery.created_at)
        return await self.send(device, intent, Sent(Done("sent")), delivery)

    async def ask(self, delivery: Delivery) -> Sent:
        """Send a put_key, drop_key, revoke or read_back until the lock confirms it or it is no longer wanted.

        Each attempt is a new command: its effect is idempotent, and a lock refuses a known command id with a
        different expiry or list.
        """
        ready = self._ready.pop(delivery.id, None)
        if ready is None:
            with self._database.writing(essential=True) as session:
                self.prepare(session, [delivery], self._now())
            ready = self._ready.pop(delivery.id)
        if not isinstance(ready, Ready):
            return Sent(ready)
        return await self.send(ready.device, ready.intent, self._ask_again(delivery), delivery)

    def prepare(self, session: Session, deliveries: Sequence[Delivery], now: int) -> None:
        """Store the commands of attempts before they are sent, so that no answer precedes its command."""
        commands = LockCommands(session, deliveries, now)
        self._ready |= {delivery.id: commands.ready(delivery) for delivery in deliveries}
        commands.write()

    async def set_time(self, delivery: Delivery) -> Sent:
        """Send the time for the device's last reported nonce; a later nonce queues a new delivery.

        While the time is not certain it is not sent: a lock that has it shows it as well as any other clock.
        """
        if not self._clock_believed():
            return Sent(RetryAt(self._now() + CLOCK_AGAIN, "clock_uncertain"))
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
        now = self._now()
        intent = SetTime(os.urandom(16), now, device.nonce or b"", now + UNLOCK_LIFETIME)
        return await self.send(device, intent, Sent(Done("sent")), delivery)

    @staticmethod
    def _key_and_device(session: Session, key_id: str) -> tuple[Key, Device]:
        key = session.get_one(Key, key_id)
        return key, key.device

    async def send(self, device: Device, intent: Intent, sent: Sent, delivery: Delivery) -> Sent:
        """Send an intent by the device's driver. Returns `sent` on success, else the retry or refusal."""
        if device.revoked_at is not None and not isinstance(intent, DropPasscode):  # an old PIN would open for ever
            return Sent(Refused("certificate_revoked"))
        if device.driver not in self._drivers:
            return Sent(Refused("driver_not_set_up"))
        try:
            with span("send", "client", lodgekey__driver=device.driver, lodgekey__command=type(intent).__name__):
                answer = await self._drivers[device.driver].send(LockAddress(device.site, device.id), intent)
        except LinkDown as error:
            retry = self._now() + retry_delay(delivery.attempts)
            late = delivery.expires_at is not None and retry >= delivery.expires_at
            why = NOT_LISTENING if isinstance(error, NobodyListens) else LINK_DOWN
            return Sent(Expired(LINK_DOWN)) if late else Sent(RetryAt(retry, why))
        except Unable:
            return Sent(Refused("not_supported"))
        return sent if answer is None else Sent(sent.decision, _recording(answer, device))

    def _ask_again(self, delivery: Delivery) -> Sent:
        return answer_awaited(delivery, self._now())


def _recording(answer: Answered, device: Device) -> Callable[[Session, int], None]:
    keys = {device.id: device.public_key}

    def also(session: Session, now: int) -> None:
        record_report(session, answer, now, keys)

    return also
