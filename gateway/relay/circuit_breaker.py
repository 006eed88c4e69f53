"""Parties that cannot be reached: left alone for a while, then tried with one delivery before the rest follows."""

from dataclasses import dataclass

from gateway.outbox.deliveries import pause


@dataclass(slots=True)
class Rest:
    """How often in a row a party was not reached, until when it is left alone, and which delivery tries it."""

    failures: int
    until: int
    trying: int | None = None


class RestingParties:
    """An outage costs one attempt now and then, however much is owed; the first success opens the party again."""

    def __init__(self) -> None:
        self._rests: dict[str, Rest] = {}

    def shut(self, now: int) -> set[str]:
        """Parties that nothing may be sent to now: they rest, or are being tried."""
        return {party for party, rest in self._rests.items() if now < rest.until or rest.trying is not None}

    def admit(self, party: str, delivery_id: int, now: int) -> bool:
        """Whether this delivery may go: all for a party that is well, one for a party that is tried."""
        rest = self._rests.get(party)
        if rest is None:
            return True
        if now < rest.until or rest.trying is not None:
            return False
        rest.trying = delivery_id
        return True

    def give_up(self, party: str, delivery_id: int) -> None:
        """The delivery was settled elsewhere and does not try the party after all."""
        rest = self._rests.get(party)
        if rest is not None and rest.trying == delivery_id:
            rest.trying = None

    def record(self, party: str, delivery_id: int, *, down: bool, now: int) -> None:
        """What became of an attempt."""
        rest = self._rests.get(party)
        if not down:
            if rest is not None and (rest.trying == delivery_id or now >= rest.until):
                del self._rests[party]
            return
        if rest is None:
            self._rests[party] = Rest(1, now + pause(0))
        elif rest.trying == delivery_id:
            self._rests[party] = Rest(rest.failures + 1, now + pause(rest.failures))
