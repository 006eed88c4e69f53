"""Delivery of alerts to tenants whose registration was refused."""

import asyncio
from collections.abc import Callable

from gateway.journey.filings.tenant_alerts import TENANT_MAIL, addresses_of
from gateway.journey.keys.keyring import Keyring
from gateway.outbound.mail import send_mail
from gateway.outbox.deliveries import Done, RetryAt, retry_delay
from gateway.relay.loop import Sender, Sent
from gateway.store import Delivery, Registration
from gateway.store.database import Database
from gateway.texts.states import refusal_mail


class TenantAlertSender:
    """Mails the unit's label and the address of the key's page; the mail contains no personal data and no token."""

    def __init__(
        self, database: Database, keyring: Keyring, now: Callable[[], int], *, mail: str, address: str
    ) -> None:
        self._database, self._keyring, self._now = database, keyring, now
        self._mail, self._address = mail, address

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {TENANT_MAIL: self.send}

    async def send(self, delivery: Delivery) -> Sent:
        """Send to each address; done where nobody gave one or no mail server is set up, as the page says it too."""
        if not self._mail:
            return Sent(Done("mail_server_not_set_up"))
        mails = await asyncio.to_thread(self._mails, delivery.about)
        if not mails:
            return Sent(Done("nothing_to_deliver"))
        taken = [await asyncio.to_thread(send_mail, self._mail, to, text) for to, text in mails]
        if all(taken):
            return Sent(Done())
        return Sent(RetryAt(self._now() + retry_delay(delivery.attempts), "mail_server_refused"))

    def _mails(self, registration_id: str) -> list[tuple[str, str]]:
        with self._database.reading() as session:
            row = session.get_one(Registration, registration_id)
            found, unit = addresses_of(session, row, self._keyring), row.stay.unit.label
        return [(to, refusal_mail(language, unit, f"{self._address}/key")) for to, language in found]
