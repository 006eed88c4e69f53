"""The front of one kiosk: what its page may do, and what it is told. It knows no tenant but the one who is there."""

from typing import Any

from certs.errors import BadSignature
from devices.wire.envelope import read_event
from devices.wire.errors import BadMessage
from firmware_sim.counter import SimCounter
from firmware_sim.kiosk import SimKiosk
from firmware_sim.station import Station
from firmware_sim.visit import NoVisit, Visit, Visits

WELCOME = {"screen": "welcome"}


class Front:
    """Between the page and the kiosk's mind; raises visit.NoVisit, visit.Incomplete and kiosk.QueueFull."""

    def __init__(self, station: Station, mind: SimKiosk, counter: SimCounter) -> None:
        self.counter, self._station, self._mind = counter, station, mind
        self.visits = Visits(mind.clock.ticks, self._forget)
        self._left: set[bytes] = set()
        self._kinds: dict[int, str] = {}

    async def hand_in(self, *, registration: bool, face: bool, text_version: str) -> None:
        """Seal what the tenant showed; it is sent at once, or waits sealed while the gateway is away."""
        visit = self.visits.current()
        form = visit.complete(registration=registration, face=face, text_version=text_version)
        self.counter.clear()
        await self._station.play(self._mind.register(form))

    def status(self) -> dict[str, Any]:
        """For the page: the connection, how many registrations wait, the seconds left, this visit's answer."""
        self.tidy()
        told: dict[str, Any] = {"online": self._station.online.is_set(), "waiting": self.waiting()}
        return told | {"seconds_left": round(self.visits.seconds_left()), "answer": self._answer()}

    def waiting(self) -> int:
        """Registrations the broker has not taken yet."""
        numbers = self._mind.flash.waiting_events()
        self._kinds = {seq: self._kinds.get(seq) or self._kind_of(seq) for seq in numbers}
        return sum(kind == "registration" for kind in self._kinds.values())

    def tidy(self) -> None:
        """Wipe a visit whose minute is over, and a screen that came too late for the one it was meant for."""
        if self.visits.seconds_left() == 0:
            self.visits.end()
        if self._mind.screen.get("registration") in self._left:
            self._mind.screen = dict(WELCOME)
        self._mind.screens = [body for body in self._mind.screens if body.get("registration") not in self._left]

    def _answer(self) -> dict[str, Any] | None:
        """What the gateway said of the registration of the one who is there; nothing of anybody else's."""
        screen = self._mind.screen
        try:
            visit = self.visits.current(touch=False)
        except NoVisit:
            return None
        if visit.registration is None or screen.get("registration") != visit.registration or screen["screen"] == "wait":
            return None
        return {name: screen[name] for name in ("screen", "code", "lines") if name in screen}

    def _kind_of(self, seq: int) -> str:
        try:
            return read_event(self._mind.flash.payload(seq), self._station.folder.key.public_key()).type
        except (KeyError, BadSignature, BadMessage):
            return "unknown"

    def _forget(self, visit: Visit) -> None:
        self.counter.clear()
        if visit.registration is not None:
            self._left.add(visit.registration)
