"""Interface of one kiosk's page to its device: actions and status, for the current tenant only."""

import asyncio
import secrets
from dataclasses import asdict
from typing import Any, Final

from certs.errors import BadSignature, Unsealable
from certs.sealing import answer_context, open_sealed
from devices.wire.envelope import read_event
from devices.wire.errors import BadMessage
from devices.wire.kiosk.offer_question import decode_summary
from devices.wire.kiosk.registration import MAX_REGISTRATION
from devices.wire.messages import Body
from firmware_sim.kiosk_terminal.camera import fit_frames
from firmware_sim.kiosk_terminal.reader import SimCounter
from firmware_sim.kiosk_terminal.visit import Agreement, Clip, NoVisit, Visit, Visits
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.station.station import Station

WELCOME = {"screen": "welcome"}
IN_TIME: Final = 55.0  # seconds from the request for turns to handing in the clip: the challenge expires after a minute
ROOM: Final = MAX_REGISTRATION - 16 * 1024  # bytes for pictures and clip; the rest of the message is text


class Front:
    """Connects the page to the kiosk device. Raises visit.NoVisit, visit.Incomplete and kiosk.QueueFull."""

    def __init__(self, station: Station, mind: SimKiosk, counter: SimCounter) -> None:
        self.counter, self._station, self._mind = counter, station, mind
        self.visits = Visits(mind.clock.ticks, self._forget)
        self._left: set[bytes] = set()
        self._kinds: dict[int, str] = {}

    async def ask(self, visit: Visit) -> bool:
        """Ask the gateway for a summary of the named offer; False, and nothing is sent, while offline."""
        if not self._station.online.is_set():
            return False
        question, visit.question = visit.ask()
        await self._station.play(self._mind.ask_offer(question, visit.question))
        return True

    async def request_challenge(self) -> bool:
        """Request the head turns; False while offline, which leaves the face to a person's decision."""
        visit = self.visits.current()
        visit.clip = None
        if not self._station.online.is_set():
            return False
        visit.turning, visit.requested_at = secrets.token_bytes(16), self._mind.clock.ticks()
        await self._station.play(self._mind.request_challenge(visit.offer, visit.turning))
        return True

    async def film(self) -> bool:
        """Film the requested turns; False without a request or a person, or if it does not fit beside the pictures."""
        visit = self.visits.current()
        screen = self._screen_for(visit.turning)
        if screen is None or screen["screen"] != "turn":
            return False
        filmed = await self.counter.film(screen["turns"])
        room = ROOM - len(visit.document or b"") - len(visit.face or b"")
        frames = await asyncio.to_thread(fit_frames, filmed, room) if filmed else None
        visit.clip = Clip(screen["challenge"], frames, visit.requested_at + IN_TIME) if frames else None
        return visit.clip is not None

    async def hand_in(self, agreed: Agreement) -> None:
        """Seal the registration; it is sent at once, or stored sealed while the gateway is away.

        A clip that would arrive too late is left out, because the gateway would refuse it; a person then decides. The
        pictures are kept until the answer comes, for fields that are to be corrected; without a network none comes.
        """
        visit = self.visits.current()
        if visit.registration:
            self._left.add(visit.registration)
        if visit.clip and (self._mind.clock.ticks() >= visit.clip.until or not self._station.online.is_set()):
            visit.clip = None
        form = visit.complete(agreed)
        self.counter.clear()
        if not self._station.online.is_set():
            visit.drop_pictures()
        await self._station.play(self._mind.register(form))

    def status(self) -> dict[str, Any]:
        """Return connection, queued registrations, seconds left, and this visit's offer, turns and answer."""
        self.tidy()
        shown: dict[str, Any] = {"online": self._station.online.is_set(), "waiting": self.waiting()}
        shown |= {"seconds_left": round(self.visits.seconds_left()), "offer": None, "turns": None, "answer": None}
        try:
            visit = self.visits.current(touch=False)
        except NoVisit:
            return shown
        return shown | {"offer": self._offer(visit), "turns": self._turns(visit), "answer": self._answer(visit)}

    def waiting(self) -> int:
        """Number of registrations the broker has not confirmed."""
        numbers = self._mind.flash.waiting_events()
        self._kinds = {seq: self._kinds.get(seq) or self._kind_of(seq) for seq in numbers}
        return sum(kind == "registration" for kind in self._kinds.values())

    def tidy(self) -> None:
        """Wipe an expired visit, and screens that answer a visit that is over."""
        if self.visits.seconds_left() == 0:
            self.visits.end()
        if self._mind.screen.get("registration") in self._left:
            self._mind.screen = dict(WELCOME)
        self._mind.screens = [body for body in self._mind.screens if body.get("registration") not in self._left]

    def _offer(self, visit: Visit) -> dict[str, Any] | None:
        """Return the offer's summary, or why it is refused. The summary is kept sealed and opened for each status."""
        screen = self._screen_for(visit.question)
        if screen is None or visit.reply_key is None:
            return None
        if screen["screen"] == "refused":
            return {"refused": screen.get("code")}
        context = answer_context(self._mind.dialogue.site, self._mind.dialogue.device)
        try:
            return asdict(decode_summary(open_sealed(screen.get("sealed", b""), visit.reply_key, context=context)))
        except (Unsealable, BadMessage):
            return None

    def _turns(self, visit: Visit) -> list[str] | None:
        """Return the head turns in order; an empty list if the gateway allows no more attempts."""
        screen = self._screen_for(visit.turning)
        return (list(screen["turns"]) if screen["screen"] == "turn" else []) if screen else None

    def _answer(self, visit: Visit) -> dict[str, Any] | None:
        """Return the gateway's answer to the current visit's registration, never another's.

        The pictures are dropped, unless the answer names fields that can be corrected.
        """
        screen = self._screen_for(visit.registration)
        if screen is None:
            return None
        if "fields" not in screen:
            visit.drop_pictures()
        return {name: screen[name] for name in ("screen", "code", "lines", "fields") if name in screen}

    def _screen_for(self, name: bytes | None) -> Body | None:
        """Return the latest screen that answers the request with this name."""
        said = (self._mind.screen, *reversed(self._mind.screens))
        return next(
            (body for body in said if name and body.get("registration") == name and body["screen"] != "wait"), None
        )

    def _kind_of(self, seq: int) -> str:
        try:
            return read_event(self._mind.flash.payload(seq), self._station.folder.key.public_key()).type
        except (KeyError, BadSignature, BadMessage):
            return "unknown"

    def _forget(self, visit: Visit) -> None:
        self.counter.clear()
        self._left |= {name for name in (visit.registration, visit.question, visit.turning) if name}
