"""External commands (Home Assistant): sent once, within their few seconds, not for a tenant."""

from collections.abc import Awaitable, Callable

from devices.intents import Intent, LockDoor, Unlock
from gateway.outbox.deliveries import Done
from gateway.relay.loop import Sender, Sent
from gateway.store import Delivery, Device
from gateway.store.database import Database

NO_KEY = bytes(16)  # other makers' locks need none; native ones refuse the command


class ExternalCommandSenders:
    """The sender of external commands."""

    def __init__(self, database: Database, send: Callable[[Device, Intent, Sent, Delivery], Awaitable[Sent]]) -> None:
        self._database, self._send = database, send

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"external_command": self.deliver}

    async def deliver(self, delivery: Delivery) -> Sent:
        """Send one lock or unlock command."""
        with self._database.reading() as session:
            device = session.get_one(Device, delivery.about)
        name, expires, issued = (
            bytes.fromhex(str(delivery.command_id)),
            int(delivery.expires_at or 0),
            delivery.created_at,
        )
        unlock = (delivery.body or {}).get("do") == "unlock"
        intent: Intent = Unlock(name, NO_KEY, expires, issued) if unlock else LockDoor(name, expires, issued)
        return await self._send(device, intent, Sent(Done("sent")), delivery)
