"""Germany: makes the registration form and keeps it. Nothing is sent, so nothing can be lost or be down.

The sealed record is what is kept: section 30 (4) asks for one year from the day of arrival, destruction within three
months after, and that authorities may see it on request. The receipt says that the forms are kept, and their hash.
"""

from collections.abc import Mapping

from gateway.domain.filings.record import Accepted, Answer, Difference, FieldProblem, Registration
from gateway.registries.adapter import Clock, SendOnly, refused_before_sending, sha256_of
from gateway.registries.germany import record as german_record
from gateway.registries.germany import rules


class GermanyRegistry(SendOnly):
    """Registry port for forms that are kept; the same record gives the same receipt."""

    name = "de"
    resends_safely = True

    def __init__(self, now: Clock) -> None:
        self._now = now

    async def submit(self, registration: Registration) -> Answer:
        """Make the forms; they are kept as the record that they are made of."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        digest = sha256_of(german_record.canonical(registration))
        return Accepted(f"kept-BMG30-{digest[:16]}", digest, self._now())

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields without which a form is not complete."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:  # noqa: ARG002 - the port's shape
        """None: names are kept as in the document, in any script."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """Versions of the nationalities and countries."""
        return german_record.TABLES

    async def close(self) -> None:
        """Nothing is open."""


def open_registry(settings: Mapping[str, str], now: Clock) -> GermanyRegistry:
    """No settings. Raises ValueError if there are any."""
    if settings:
        raise ValueError("the registry de sends nothing and has no settings")
    return GermanyRegistry(now)
