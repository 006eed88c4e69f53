"""Circuit breaker: an unreachable party is paused, then probed with one delivery before the rest follows."""

from dataclasses import dataclass

from gateway.outbox.deliveries import retry_delay


@dataclass(slots=True)
class Circuit:
    """A party's consecutive failures, the end of its pause, and the delivery probing it."""

    failures: int
    retry_at: int
    probe: int | None = None


class CircuitBreaker:
    """One attempt per pause during an outage, however long the queue; the first success closes the circuit."""

    def __init__(self) -> None:
        self._circuits: dict[str, Circuit] = {}

    def unavailable(self, now: int) -> set[str]:
        """Parties that nothing may be sent to now: paused, or being probed."""
        return {
            party for party, circuit in self._circuits.items() if now < circuit.retry_at or circuit.probe is not None
        }

    def admit(self, party: str, delivery_id: int, now: int) -> bool:
        """Whether this delivery may be sent: any to a closed circuit, one as the probe after the pause."""
        circuit = self._circuits.get(party)
        if circuit is None:
            return True
        if now < circuit.retry_at or circuit.probe is not None:
            return False
        circuit.probe = delivery_id
        return True

    def release(self, party: str, delivery_id: int) -> None:
        """Give up the probe: this delivery was settled elsewhere."""
        circuit = self._circuits.get(party)
        if circuit is not None and circuit.probe == delivery_id:
            circuit.probe = None

    def record(self, party: str, delivery_id: int, *, down: bool, now: int) -> None:
        """Record an attempt's outcome; `down` means that the party was not reached."""
        circuit = self._circuits.get(party)
        if not down:
            if circuit is not None and (circuit.probe == delivery_id or now >= circuit.retry_at):
                del self._circuits[party]
            return
        if circuit is None:
            self._circuits[party] = Circuit(1, now + retry_delay(0))
        elif circuit.probe == delivery_id:
            self._circuits[party] = Circuit(circuit.failures + 1, now + retry_delay(circuit.failures))
