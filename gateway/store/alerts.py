"""Models of landlords' alerts: subscriptions and open alerts."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Model, Text, Word


class AlertSubscription(Model):
    """Which alerts a landlord gets, and where; the webhook's secret is sealed under the landlord's id."""

    __tablename__ = "alert_subscriptions"
    landlord_id: Mapped[str] = mapped_column(ForeignKey("landlords.id"), primary_key=True)
    codes: Mapped[list[str]]
    language: Mapped[Word]
    email: Mapped[Text | None]
    webhook_url: Mapped[Text | None]
    sealed_secret: Mapped[bytes | None]


class OpenAlert(Model):
    """A condition that exists now, since when, and when the landlord was alerted: once for as long as it lasts.

    `what` identifies it: its code, its stage, and the lock or key it is about.
    """

    __tablename__ = "open_alerts"
    landlord_id: Mapped[str] = mapped_column(ForeignKey("landlords.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[int]
    notified_at: Mapped[int | None]
