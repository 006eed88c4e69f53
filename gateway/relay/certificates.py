"""Installation of trust roots and certificates on devices, repeated until each device confirms."""

import os
from collections.abc import Callable, Mapping
from typing import Final

from certs.authority.ca import Authority
from certs.enrolment.renewal import trust_digest
from devices.driver import Driver, LockAddress, Unable
from devices.intents import Intent, PutCertificate, PutTrust
from devices.link import LinkDown, NobodyListens
from gateway.domain.outcomes import LINK_DOWN, NOT_LISTENING
from gateway.journey.devices.certificates import certificate_for
from gateway.outbox.deliveries import Done, Refused, RetryAt, retry_delay
from gateway.relay.loop import Sender, Sent, answer_awaited
from gateway.store import Command, Delivery, Device
from gateway.store.database import Database

COMMAND_LIFETIME: Final = 3600


class CertificateSenders:
    """Each attempt is a new command with the authority's present state; only the device's answer settles it."""

    def __init__(
        self,
        database: Database,
        drivers: Mapping[str, Driver],
        authority: Callable[[], Authority],
        now: Callable[[], int],
    ) -> None:
        self._database, self._drivers, self._authority, self._now = database, drivers, authority, now

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"put_trust": self.put_trust, "put_certificate": self.put_certificate}

    async def put_trust(self, delivery: Delivery) -> Sent:
        """Install exactly the present trust roots."""
        anchors, name, expires = self._authority().ca_pem, os.urandom(16), self._now() + COMMAND_LIFETIME
        with self._database.writing() as session:
            device = session.get_one(Device, delivery.about)
            if device.trust == trust_digest(anchors).hex():
                return Sent(Done("certificates_trusted"))
            session.add(self._command(delivery, name, expires))
            session.get_one(Delivery, delivery.id).command_id = name.hex()
        return await self._send(device, PutTrust(name, anchors, expires), delivery)

    async def put_certificate(self, delivery: Delivery) -> Sent:
        """Install the device's newest certificate, issued here unless a recent one exists."""
        authority, name, expires = self._authority(), os.urandom(16), self._now() + COMMAND_LIFETIME
        with self._database.writing() as session:
            device = session.get_one(Device, delivery.about)
            if device.revoked_at is not None:
                return Sent(Refused("device_out_of_service"))
            chain = certificate_for(session, device, authority, self._now()).chain
            session.add(self._command(delivery, name, expires))
            session.get_one(Delivery, delivery.id).command_id = name.hex()
        return await self._send(device, PutCertificate(name, chain, expires), delivery)

    def _command(self, delivery: Delivery, name: bytes, expires: int) -> Command:
        now = self._now()
        return Command(id=name.hex(), device_id=delivery.about, type=delivery.work, issued_at=now, expires_at=expires)

    async def _send(self, device: Device, intent: Intent, delivery: Delivery) -> Sent:
        if device.revoked_at is not None:
            return Sent(Refused("device_out_of_service"))
        try:
            await self._drivers[device.driver].send(LockAddress(device.site, device.id), intent)
        except LinkDown as error:
            why = NOT_LISTENING if isinstance(error, NobodyListens) else LINK_DOWN
            return Sent(RetryAt(self._now() + retry_delay(delivery.attempts), why))
        except Unable:
            return Sent(Refused("not_supported"))
        return answer_awaited(delivery, self._now())
