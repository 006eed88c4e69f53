"""An authority in memory: stores records by reference and answers as preset."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from unittest.mock import patch

from gateway.domain.filings.record import (
    NOTHING,
    UNKNOWN_REFERENCE,
    Accepted,
    Answer,
    Difference,
    FieldProblem,
    Filed,
    Held,
    OutcomeUnknown,
    Refused,
    Registration,
    RegistryUnreachable,
)
from gateway.journey.filings import arrival_rules
from gateway.registries.adapter import held


@dataclass
class MemoryRegistry:
    """The registry port; `behaviours` are used one per call: down, lost (stored, no answer), broken (stored, then our
    fault).
    """

    can_be_queried: bool = True
    resends_safely: bool = False
    name: str = "sandbox"
    compares: int = 3
    behaviours: list[str] = field(default_factory=list)
    sent: list[Registration] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    changed: dict[str, Held] = field(default_factory=dict)  # what it holds instead, by reference

    async def submit(self, registration: Registration) -> Answer:
        """Store the record and answer."""
        behaviour = self.behaviours.pop(0) if self.behaviours else "normal"
        if behaviour == "down":
            raise RegistryUnreachable("it is down")
        self.sent.append(registration)
        if behaviour == "broken":
            raise RuntimeError("a fault of the adapter's own")
        return OutcomeUnknown("answer_empty") if behaviour == "lost" else self._receipt(registration.reference)

    async def poll(self, reference: str) -> Answer:
        """The state of a stored record."""
        self.asked.append(reference)
        if reference in [record.reference for record in self.sent]:
            return self._receipt(reference)
        return Refused(UNKNOWN_REFERENCE, "No record has this reference.")

    async def cancel(self, receipt: str) -> Answer:
        """Not used by these tests."""
        return Refused("not_possible", receipt)

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:
        """What it was sent, unless it was changed."""
        self.asked += [one.reference for one in filed]
        known = {record.reference for record in self.sent}
        return {one.reference: self.changed.get(one.reference, self._holding(one, known)) for one in filed}

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """No problems."""
        return ()

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """No values are changed."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """No code tables."""
        return {}

    async def close(self) -> None:
        """Nothing to close."""

    def _holding(self, one: Filed, known: set[str]) -> Held:
        if one.reference not in known:
            return NOTHING
        return held(self._receipt(one.reference).receipt, cancelled=False, sent=None, found={})

    def _receipt(self, reference: str) -> Accepted:
        return Accepted(f"R-{reference[:8]}", "a" * 64, 0)


def before_the_rules() -> AbstractContextManager[object]:
    """A check-in inside is one of before the registries had their rules of today: nothing is refused at the door."""
    return patch.object(arrival_rules, "registry_problems", lambda *_: ())
