"""Parties that cannot be reached: left alone for a while, then tried with one delivery before the rest follows."""

from dataclasses import dataclass

from gateway.outbox.deliveries import pause


@dataclass(slots=True)
class Circuit:
    """How often in a row a party was not reached, until when it is left alone, and which delivery tries it."""

    failures: int
    retry_at: int
    probe: int | None = None


class CircuitBreaker:
    """An outage costs one attempt now and then, however much is owed; the first success opens the party again."""

    def __init__(self) -> None:
        self._circuits: dict[str, Circuit] = {}

    def unavailable(self, now: int) -> set[str]:
        """Parties that nothing may be sent to now: they rest, or are being tried."""
        return {
            party for party, circuit in self._circuits.items() if now < circuit.retry_at or circuit.probe is not None
        }

    def admit(self, party: str, delivery_id: int, now: int) -> bool:
        """Whether this delivery may go: all for a party that is well, one for a party that is tried."""
        circuit = self._circuits.get(party)
        if circuit is None:
            return True
        if now < circuit.retry_at or circuit.probe is not None:
            return False
        circuit.probe = delivery_id
        return True

    def release(self, party: str, delivery_id: int) -> None:
        """The delivery was settled elsewhere and does not try the party after all."""
        circuit = self._circuits.get(party)
        if circuit is not None and circuit.probe == delivery_id:
            circuit.probe = None

    def record(self, party: str, delivery_id: int, *, down: bool, now: int) -> None:
        """What became of an attempt."""
        circuit = self._circuits.get(party)
        if not down:
            if circuit is not None and (circuit.probe == delivery_id or now >= circuit.retry_at):
                del self._circuits[party]
            return
        if circuit is None:
            self._circuits[party] = Circuit(1, now + pause(0))
        elif circuit.probe == delivery_id:
            self._circuits[party] = Circuit(circuit.failures + 1, now + pause(circuit.failures))
