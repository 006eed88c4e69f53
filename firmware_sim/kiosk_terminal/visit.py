"""One tenant's visit at a kiosk: inputs so far, in memory only, wiped a minute after the last touch."""

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

IDLE: Final = 60.0  # idle seconds after which the visit is wiped
_TOKEN: Final = re.compile(r"(?:^|/o/)([A-Za-z0-9_-]{43})$")


class NoVisit(LookupError):
    """There is no visit, or it has expired."""


class Incomplete(Exception):
    """A required input is missing; the text names it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames that answer the challenge of this nonce; expires at `until` (ticks)."""

    nonce: str
    frames: list[bytes] = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The consents the tenant ticked, the answers to the registries' questions, and who registers after them."""

    registration: bool
    face: bool
    text_version: str
    guardian: bool = False
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    others: bool | None = None
    group: bool | None = None


@dataclass(slots=True)
class Visit:
    """Inputs of one tenant; `registration` is set once it was sealed and handed in.

    `turning` names the request for head turns, `requested_at` (ticks) is its time, `clip` its answer.
    `question` names the offer inquiry; only `reply_key` opens its answer.
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
        """Take a link, its token or a typed code; False if it is none of them."""
        found = _TOKEN.search(shown.strip()) if len(shown) <= 300 else None
        self.offer = found[1] if found else read_code(shown) or ""
        self.question = self.reply_key = None
        return bool(self.offer)

    def ask(self) -> tuple[OfferQuestion, bytes]:
        """Return the offer inquiry to send, and the name that its answer will bear."""
        self.reply_key, name = new_private_key(), secrets.token_bytes(16)
        return OfferQuestion(self.offer, compressed_point(self.reply_key.public_key())), name

    @property
    def token(self) -> str | None:
        """Return the link's token if a link was shown."""
        return self.offer if len(self.offer) == 43 else None

    def complete(self, agreed: Agreement) -> KioskRegistration:
        """Return the form to hand in; raises Incomplete. A clip is handed in once: its challenge is used up."""
        for name, given in (("offer", self.offer), ("document", self.document), ("consent", agreed.registration)):
            if not given:
                raise Incomplete(name)
        if agreed.face and self.face is None:
            raise Incomplete("face")
        consents: dict[str, Any] = {"registration": True, "face": agreed.face, "text_version": agreed.text_version}
        consents |= {"guardian": True} if agreed.guardian else {}
        shown, clip = (self.face, self.clip) if agreed.face else (None, None)
        form = KioskRegistration(
            registration=secrets.token_bytes(16),
            offer_token=self.offer,
            typed={},
            consents=consents,
            language=self.language,
            document=self.document,
            face=shown,
            facts=dict(agreed.facts) or None,
            others=agreed.others,
            group=agreed.group,
            clip=clip.frames if clip else None,
            nonce=clip.nonce if clip else None,
        )
        self.clip, self.registration = None, form.registration
        return form

    def drop_pictures(self) -> None:
        """Forget the pictures: from here on they exist sealed only."""
        self.document = self.face = self.clip = None


class Visits:
    """Holds the only visit; `ticks` are monotonic seconds, `left` is called with a visit that is over."""

    def __init__(self, ticks: Callable[[], float], left: Callable[[Visit], None]) -> None:
        self._ticks, self._left = ticks, left
        self._visit: Visit | None = None

    def begin(self, language: str) -> Visit:
        """Start a visit; an earlier one is wiped."""
        self.end()
        self._visit = Visit(language, self._ticks())
        return self._visit

    def current(self, *, touch: bool = True) -> Visit:
        """Return the visit. Raises NoVisit, and wipes it, if it is absent or expired."""
        if self._visit is None or self._ticks() - self._visit.touched >= IDLE:
            self.end()
            raise NoVisit
        if touch:
            self._visit.touched = self._ticks()
        return self._visit

    def seconds_left(self) -> float:
        """Seconds until the wipe; 0 without a visit."""
        return max(0.0, IDLE - (self._ticks() - self._visit.touched)) if self._visit else 0.0

    def end(self) -> None:
        """Wipe the visit."""
        visit, self._visit = self._visit, None
        if visit is not None:
            visit.offer, visit.reply_key = "", None
            visit.drop_pictures()
            self._left(visit)
