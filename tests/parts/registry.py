"""An authority in memory: it keeps what it is sent by reference, and answers as the test tells it to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.filings.record import (
    UNKNOWN_REFERENCE,
    Accepted,
    Answer,
    Difference,
    FieldProblem,
    OutcomeUnknown,
    Refused,
    Registration,
    RegistryUnreachable,
)


@dataclass
class MemoryRegistry:
    """The port, with `behaviours` used one a call: down, lost (kept, answer lost), broken (kept, then our fault)."""

    can_be_queried: bool = True
    resends_safely: bool = False
    name: str = "sandbox"
    behaviours: list[str] = field(default_factory=list)
    sent: list[Registration] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def submit(self, registration: Registration) -> Answer:
        """Keep it and answer."""
        behaviour = self.behaviours.pop(0) if self.behaviours else "normal"
        if behaviour == "down":
            raise RegistryUnreachable("it is down")
        self.sent.append(registration)
        if behaviour == "broken":
            raise RuntimeError("a fault of the adapter's own")
        return OutcomeUnknown("no answer came") if behaviour == "lost" else self._receipt(registration.reference)

    async def poll(self, reference: str) -> Answer:
        """What became of it."""
        self.asked.append(reference)
        if reference in [record.reference for record in self.sent]:
            return self._receipt(reference)
        return Refused(UNKNOWN_REFERENCE, "No record has this reference.")

    async def cancel(self, receipt: str) -> Answer:
        """Nothing is cancelled in these tests."""
        return Refused("not_possible", receipt)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """Everything is fine."""
        return ()

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Nothing is rewritten."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """No code tables."""
        return {}

    async def close(self) -> None:
        """Nothing to close."""

    def _receipt(self, reference: str) -> Accepted:
        return Accepted(f"R-{reference[:8]}", "a" * 64, 0)
