"""Alerts to the operator: by e-mail through the operator's server, and by a signed webhook."""

import asyncio
import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from gateway.operations.operator_alerts import Send
from gateway.outbound.mail import send_mail
from gateway.outbound.signed_post import open_signed_post
from gateway.settings import Settings
from gateway.texts.alerts import report_text

TAKEN: Final = range(200, 300)


def operator_mail(settings: Settings) -> Send | None:
    """Sends an e-mail to the operator; None where the settings name no mail server or no address."""
    server, to = settings.alert_mail.get_secret_value(), settings.operator_mail
    if not server or not to:
        return None

    async def send(names: Collection[str]) -> bool:
        text = f"{report_text(settings.operator_language, names)}\n{settings.address}"
        return await asyncio.to_thread(send_mail, server, to, text)

    return send


def operator_webhook(settings: Settings, now: Callable[[], int]) -> Send | None:
    """Posts to the operator's receiver (Standard Webhooks 1.0, CloudEvents 1.0); None where the settings name none.

    An alert that is sent again has another id: it may name more.
    """
    if not settings.operator_webhook:
        return None
    secret = settings.operator_webhook_secret.get_secret_value()
    given = {"url": settings.operator_webhook, "token": secret, "allowed": settings.webhook_networks}

    async def send(names: Collection[str]) -> bool:
        post = open_signed_post(given, now)
        try:
            event_id = f"operator-{now()}"
            return (await post.attempt(event_id, _event(settings, event_id, names, now()))).status in TAKEN
        finally:
            await post.close()

    return send


def _event(settings: Settings, event_id: str, names: Collection[str], at: int) -> bytes:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": settings.address,
        "type": "org.lodgekey.operator.alert" if names else "org.lodgekey.operator.in_order",
        "time": datetime.fromtimestamp(at, UTC).isoformat(),
        "data": {"codes": sorted(names), "sentence": report_text(settings.operator_language, names)},
    }
    return json.dumps(event, ensure_ascii=False).encode()
