"""Delivery of alerts: e-mail through apprise and the operator's server, signed webhooks to public addresses."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain.filings.record import RegistryUnreachable
from gateway.domain.outcomes import caused_by
from gateway.outbound.http import BadAddress, LostAnswer
from gateway.outbound.mail import send_mail
from gateway.outbound.signed_post import open_signed_post
from gateway.outbox.deliveries import Done, Refused, RetryAt, retry_delay
from gateway.relay.loop import Sender, Sent
from gateway.relay.webhooks import GONE, trouble_of
from gateway.store import AlertSubscription, Delivery
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault
from gateway.texts.alerts import alert_message

TAKEN: Final = range(200, 300)


class AlertSenders:
    """Sends one alert to one landlord or officer by e-mail or webhook: unit label, event and link; no tenant's name."""

    def __init__(
        self, database: Database, vault: Vault, now: Callable[[], int], *, mail: str, address: str, allowed: str
    ) -> None:
        self._database, self._vault, self._now = database, vault, now
        self._mail, self._address, self._allowed = mail, address, allowed

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"mail_alert": self.mail, "post_alert": self.post}

    async def mail(self, delivery: Delivery) -> Sent:
        """Send by e-mail; retried where the server does not accept it."""
        subscription, body = self._subscription(delivery), delivery.body or {}
        if subscription is None or not subscription.email:
            return Sent(Refused("email_not_wanted"))
        if not self._mail:
            return Sent(Refused("mail_server_not_set_up"))
        text = f"{self._sentence(subscription, body)}\n{self._link(subscription)}"
        if await asyncio.to_thread(send_mail, self._mail, subscription.email, text):
            return Sent(Done())
        return Sent(RetryAt(self._now() + retry_delay(delivery.attempts), "mail_server_refused"))

    async def post(self, delivery: Delivery) -> Sent:
        """Send by webhook (Standard Webhooks 1.0, CloudEvents 1.0); the receiver drops repeated ids."""
        subscription, body = self._subscription(delivery), delivery.body or {}
        if subscription is None or not subscription.webhook_url:
            return Sent(Refused("webhook_not_wanted"))
        try:
            secret = self._vault.open(subscription.id, "notices", subscription.sealed_secret or b"").decode()
            post = open_signed_post(
                {"url": subscription.webhook_url, "token": secret, "allowed": self._allowed}, self._now
            )
        except (BadAddress, ValueError, Erased):
            return Sent(Refused("webhook_unusable"))
        try:
            reply = await post.attempt(event_id(delivery), self._event(delivery, subscription, body))
        except (RegistryUnreachable, LostAnswer) as error:
            why = caused_by(error.code, error.details)
            return Sent(RetryAt(self._now() + retry_delay(delivery.attempts), "receiver_unreachable", why))
        finally:
            await post.close()
        if reply.status in TAKEN:
            return Sent(Done())
        trouble = trouble_of(reply)
        if trouble == GONE:
            return Sent(Refused("receiver_gone"), _switched_off(subscription.id))
        return Sent(trouble.again(delivery.attempts, self._now()))

    def _event(self, delivery: Delivery, subscription: AlertSubscription, body: Mapping[str, Any]) -> bytes:
        event = {
            "specversion": "1.0",
            "id": event_id(delivery),
            "source": self._address,
            "type": f"org.lodgekey.alert.{body['code']}",
            "time": datetime.fromtimestamp(int(body["at"]), UTC).isoformat(),
            "data": {
                "code": body["code"],
                "unit": body["unit"],
                "number": body["number"],
                "sentence": self._sentence(subscription, body),
                "link": self._link(subscription),
            },
        }
        return json.dumps(event, ensure_ascii=False).encode()

    def _sentence(self, subscription: AlertSubscription, body: Mapping[str, Any]) -> str:
        return alert_message(subscription.language, str(body["code"]), str(body["unit"]), int(body["number"]))

    def _link(self, subscription: AlertSubscription) -> str:
        return f"{self._address}/{'officer' if subscription.account_id else 'landlord'}"

    def _subscription(self, delivery: Delivery) -> AlertSubscription | None:
        with self._database.reading() as session:
            return session.get(AlertSubscription, delivery.about)


def event_id(delivery: Delivery) -> str:
    """The id of an alert's event: the same at each attempt. A restored gateway gives a delivery's number again."""
    return f"alert-{delivery.created_at}-{delivery.id}"


def _switched_off(subscription_id: str) -> Callable[[Session, int], None]:
    """End the webhook; alerts by e-mail go on."""

    def also(session: Session, _now: int) -> None:
        session.get_one(AlertSubscription, subscription_id).webhook_url = None

    return also
