"""The front of one kiosk: what its page may do, and what it is told. It knows no tenant but the one who is there."""

import asyncio
import secrets
from collections.abc import Mapping
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
from firmware_sim.kiosk_terminal.visit import Clip, NoVisit, Visit, Visits
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.station.station import Station

WELCOME = {"screen": "welcome"}
IN_TIME: Final = 55.0  # seconds from asking for turns to handing in their clip: the gateway takes it for a minute
ROOM: Final = MAX_REGISTRATION - 16 * 1024  # bytes for pictures and clip; the rest are words


class Front:
    """Between the page and the kiosk's mind; raises visit.NoVisit, visit.Incomplete and kiosk.QueueFull."""

    def __init__(self, station: Station, mind: SimKiosk, counter: SimCounter) -> None:
        self.counter, self._station, self._mind = counter, station, mind
        self.visits = Visits(mind.clock.ticks, self._forget)
        self._left: set[bytes] = set()
        self._kinds: dict[int, str] = {}

    async def ask(self, visit: Visit) -> bool:
        """Ask the gateway of the offer just named; False while there is no network, and then nothing is asked."""
        if not self._station.online.is_set():
            return False
        question, visit.question = visit.ask()
        await self._station.play(self._mind.ask_offer(question, visit.question))
        return True

    async def request_challenge(self) -> bool:
        """Ask how the head is to turn; False while there is no network: then a person looks at the face."""
        visit = self.visits.current()
        visit.clip = None
        if not self._station.online.is_set():
            return False
        visit.turning, visit.requested_at = secrets.token_bytes(16), self._mind.clock.ticks()
        await self._station.play(self._mind.request_challenge(visit.offer, visit.turning))
        return True

    async def film(self) -> bool:
        """Film the turns asked for; False where none were, nobody is there, or it does not fit beside the pictures."""
        visit = self.visits.current()
        screen = self._screen_for(visit.turning)
        if screen is None or screen["screen"] != "turn":
            return False
        filmed = await self.counter.film(screen["turns"])
        room = ROOM - len(visit.document or b"") - len(visit.face or b"")
        frames = await asyncio.to_thread(fit_frames, filmed, room) if filmed else None
        visit.clip = Clip(screen["challenge"], frames, visit.requested_at + IN_TIME) if frames else None
        return visit.clip is not None

    async def hand_in(
        self, *, registration: bool, face: bool, guardian: bool, text_version: str, facts: Mapping[str, str]
    ) -> None:
        """Seal what the tenant showed; it is sent at once, or waits sealed while the gateway is away.

        A clip that would come too late is left out: the gateway would refuse it, and so a person looks at the face.
        """
        visit = self.visits.current()
        if visit.clip and (self._mind.clock.ticks() >= visit.clip.until or not self._station.online.is_set()):
            visit.clip = None
        form = visit.complete(
            registration=registration, face=face, guardian=guardian, text_version=text_version, facts=facts
        )
        self.counter.clear()
        await self._station.play(self._mind.register(form))

    def status(self) -> dict[str, Any]:
        """For the page: connection, registrations that wait, seconds left, this visit's offer, turns and answer."""
        self.tidy()
        shown: dict[str, Any] = {"online": self._station.online.is_set(), "waiting": self.waiting()}
        shown |= {"seconds_left": round(self.visits.seconds_left()), "offer": None, "turns": None, "answer": None}
        try:
            visit = self.visits.current(touch=False)
        except NoVisit:
            return shown
        return shown | {"offer": self._offer(visit), "turns": self._turns(visit), "answer": self._answer(visit)}

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

    def _offer(self, visit: Visit) -> dict[str, Any] | None:
        """What was said of the offer they showed, or why it is refused. It is kept sealed and opened for each look."""
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
        """How the head is to turn, in order; none where the gateway gives no more tries."""
        screen = self._screen_for(visit.turning)
        return (list(screen["turns"]) if screen["screen"] == "turn" else []) if screen else None

    def _answer(self, visit: Visit) -> dict[str, Any] | None:
        """What the gateway said of the registration of the one who is there; nothing of anybody else's."""
        screen = self._screen_for(visit.registration)
        return {name: screen[name] for name in ("screen", "code", "lines") if name in screen} if screen else None

    def _screen_for(self, name: bytes | None) -> Body | None:
        """The latest screen that answers what this name was given to."""
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
