"""One tenant at a kiosk: what was shown so far, in memory only, and gone a minute after the last touch."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from certs.keys import compressed_point, new_private_key
from devices.wire.kiosk.offer_code import read_code
from devices.wire.kiosk.offer_question import OfferQuestion
from devices.wire.kiosk.registration import KioskRegistration

IDLE: Final = 60.0  # seconds without a touch after which everything is wiped
_TOKEN: Final = re.compile(r"(?:^|/o/)([A-Za-z0-9_-]{43})$")


class NoVisit(LookupError):
    """Nobody is at the kiosk, or not any more."""


class Incomplete(Exception):
    """Something is still missing; the text names it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames that answer the challenge of this nonce; of no use from `until` (ticks) on."""

    nonce: str
    frames: list[bytes] = field(repr=False)
    until: float


@dataclass(slots=True)
class Visit:
    """What one tenant chose and showed; `registration` is set once it was sealed and handed in.

    `turning` names the request for turns of the head, `requested_at` (ticks) is when it was made; `clip` answers it.
    `question` names what the gateway was asked of the offer; the answer can be opened with `reply_key` only.
    """

    language: str
    touched: float
    offer: str = field(default="", repr=False)
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)
    registration: bytes | None = None
    question: bytes | None = None
    reply_key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)
    turning: bytes | None = None
    requested_at: float = 0.0
    clip: Clip | None = None

    def name_offer(self, shown: str) -> bool:
        """Take a link, its token or a typed code; False for what can be none of them."""
        found = _TOKEN.search(shown.strip()) if len(shown) <= 300 else None
        self.offer = found[1] if found else read_code(shown) or ""
        self.question = self.reply_key = None
        return bool(self.offer)

    def ask(self) -> tuple[OfferQuestion, bytes]:
        """What to ask of the offer just named, and the name that the answer will bear."""
        self.reply_key, name = new_private_key(), secrets.token_bytes(16)
        return OfferQuestion(self.offer, compressed_point(self.reply_key.public_key())), name

    @property
    def token(self) -> str | None:
        """The token of the link, where the link itself was shown."""
        return self.offer if len(self.offer) == 43 else None

    def complete(
        self, *, registration: bool, face: bool, guardian: bool, text_version: str, facts: Mapping[str, str]
    ) -> KioskRegistration:
        """What is handed in; raises Incomplete. The pictures are let go of: from here on they exist sealed only."""
        for name, given in (("offer", self.offer), ("document", self.document), ("consent", registration)):
            if not given:
                raise Incomplete(name)
        if face and self.face is None:
            raise Incomplete("face")
        consents: dict[str, Any] = {"registration": True, "face": face, "text_version": text_version}
        consents |= {"guardian": True} if guardian else {}
        shown, clip = (self.face, self.clip) if face else (None, None)
        form = KioskRegistration(
            registration=secrets.token_bytes(16),
            offer_token=self.offer,
            typed={},
            consents=consents,
            language=self.language,
            document=self.document,
            face=shown,
            facts=dict(facts) or None,
            clip=clip.frames if clip else None,
            nonce=clip.nonce if clip else None,
        )
        self.document = self.face = self.clip = None
        self.registration = form.registration
        return form


class Visits:
    """The one visit there can be; `ticks` are seconds that only rise, `left` is told of a visit that is over."""

    def __init__(self, ticks: Callable[[], float], left: Callable[[Visit], None]) -> None:
        self._ticks, self._left = ticks, left
        self._visit: Visit | None = None

    def begin(self, language: str) -> Visit:
        """Somebody came; whatever was there before is wiped."""
        self.end()
        self._visit = Visit(language, self._ticks())
        return self._visit

    def current(self, *, touch: bool = True) -> Visit:
        """The visit; raises NoVisit where there is none or its minute is over, and then nothing is left of it."""
        if self._visit is None or self._ticks() - self._visit.touched >= IDLE:
            self.end()
            raise NoVisit
        if touch:
            self._visit.touched = self._ticks()
        return self._visit

    def seconds_left(self) -> float:
        """Until the wipe; 0 where nobody is there."""
        return max(0.0, IDLE - (self._ticks() - self._visit.touched)) if self._visit else 0.0

    def end(self) -> None:
        """Wipe."""
        visit, self._visit = self._visit, None
        if visit is not None:
            visit.offer, visit.document, visit.face, visit.reply_key, visit.clip = "", None, None, None, None
            self._left(visit)
