"""A tenant's verification: the challenge of a clip, and the submission that is examined and recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from api.services.schemas import ChallengeShown, Registered
from api.services.tenant.onboarding import present_registered
from devices.wire.errors import BadMessage
from devices.wire.kiosk.chip import decode_chip
from gateway.bootstrap import Gateway
from gateway.domain.verification.as_typed import as_typed
from gateway.domain.verification.chip import ChipContents
from gateway.domain.verification.liveness import MAX_FRAMES
from gateway.domain.verification.port import ImageRefused
from gateway.identity.examination import Submission, picture_refused
from gateway.journey.tenants import onboarding as steps
from gateway.store import Offer

MAX_PICTURE_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class VerificationForm:
    """What a tenant hands in. Pictures are JPEG or PNG bytes; empty ones count as none.

    `typed` and `facts` (path -> text) come as they were typed. `clip` has the JPEG frames in order, and `clip_nonce`
    the challenge that it answers. `chip` is CBOR: [EF.SOD, DG1, DG2]. `holder` is the phone's public key, if it gets
    one. `shares`: what the tenant has in common with the adult who invited them, by the names of SHARED; `facts` go
    before.
    """

    typed: Mapping[str, str]
    document: bytes = field(default=b"", repr=False)
    face: bytes = field(default=b"", repr=False)
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    clip: Sequence[bytes] = field(default=(), repr=False)
    clip_nonce: str = ""
    chip: bytes = field(default=b"", repr=False)
    holder: EllipticCurvePublicKey | None = None
    shares: tuple[str, ...] = ()


def challenge_liveness(gateway: Gateway, token: str) -> ChallengeShown:
    """Issue a challenge to the offer's tenant: turns of the head in a new order. It replaces an earlier one.

    Raises TooManyAttempts, and OfferUnknown, OfferGone, OfferExpired or OfferUsed for the token.
    """
    gateway.attempts.hit("verification", token[:22])
    issued = gateway.challenges.issue(_offer_id(gateway, token))
    expires_at = datetime.fromtimestamp(issued.expires_at, UTC).isoformat()
    return ChallengeShown(nonce=issued.nonce, turns=list(issued.turns), expires_at=expires_at)


async def verify(gateway: Gateway, token: str, form: VerificationForm) -> Registered:
    """Examine and record what the tenant hands in, and return the stage reached; keys are issued if it passed.

    Raises InputRefused, TooManyAttempts, ConsentMissing, Conflict, Busy, and the errors of the offer's token.
    """
    gateway.attempts.hit("verification", token[:22])
    submission = Submission(
        typed=as_typed(form.typed),
        document=_checked(form.document, "document"),
        face=_checked(form.face, "face"),
        facts=as_typed(form.facts),
        chip=_chip_contents(form.chip),
        shares=form.shares,
    )
    if form.clip:
        submission = await _with_clip(gateway, token, submission, form)
    verification = await gateway.tenant_registration.register(token, submission, form.holder)
    with gateway.database.reading() as session:
        return present_registered(gateway, session, session.get_one(Offer, verification.offer_id))


def _checked(content: bytes, part: str) -> bytes | None:
    if len(content) > MAX_PICTURE_BYTES:
        raise picture_refused("too_large", part)
    return content or None


def _chip_contents(content: bytes) -> ChipContents | None:
    if not content:
        return None
    try:
        files = decode_chip(content)
    except BadMessage:
        raise picture_refused("chip_unreadable", "chip") from None
    return ChipContents(files[0], {1: files[1], 2: files[2]})


async def _with_clip(gateway: Gateway, token: str, submission: Submission, form: VerificationForm) -> Submission:
    if len(form.clip) > MAX_FRAMES:
        raise picture_refused("too_many_frames", "clip")
    frames = [_checked(frame, "clip") for frame in form.clip]
    offer_id = await asyncio.to_thread(_offer_id, gateway, token)
    try:
        challenge = await asyncio.to_thread(gateway.challenges.take, offer_id, form.clip_nonce)
    except ImageRefused as refused:
        raise picture_refused(refused.code, refused.part) from None
    return replace(submission, clip=tuple(frame for frame in frames if frame), challenge=challenge)


def _offer_id(gateway: Gateway, token: str) -> str:
    with gateway.database.reading() as session:
        return steps.usable_offer(session, token, gateway.keyring, gateway.now()).id
