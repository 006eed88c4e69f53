"""Models of alerts: subscriptions of landlords and officers, and open alerts."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Id, Model, Text, Word


class AlertSubscription(Model):
    """Which alerts a landlord or an officer gets, and where; the webhook's secret is sealed under `id`.

    `id` is the landlord's or the officer's account's; one of `landlord_id` and `account_id` is set to it.
    """

    __tablename__ = "alert_subscriptions"
    id: Mapped[Id]
    landlord_id: Mapped[str | None] = mapped_column(ForeignKey("landlords.id"), unique=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    codes: Mapped[list[str]]
    language: Mapped[Word]
    email: Mapped[Text | None]
    webhook_url: Mapped[Text | None]
    sealed_secret: Mapped[bytes | None]


class OpenAlert(Model):
    """A condition that exists now, since when, and when the subscriber was alerted: once for as long as it lasts.

    `what` identifies it: its code, its stage, and the lock, key, case or record it is about.
    """

    __tablename__ = "open_alerts"
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("alert_subscriptions.id", ondelete="CASCADE"), primary_key=True
    )
    what: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[int]
    notified_at: Mapped[int | None]
