"""The tenant's calls at the door: what is asked, consent, verification, key."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from fastapi import APIRouter, File, Form, UploadFile
from sqlalchemy.orm import Session

from api.framework.dependencies import Gate, OfferToken
from api.services.presenters import passcode_shown
from api.services.schemas import ChallengeShown, ConsentForm, HolderForm, OnboardingShown, Registered
from certs.errors import BadKey
from certs.keys import public_from_jwk
from devices.wire.errors import BadMessage
from devices.wire.kiosk.chip import MAX_CHIP, decode_chip
from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.domain.verification.chip import ChipContents
from gateway.domain.verification.consent import PURPOSES
from gateway.domain.verification.liveness import MAX_FRAMES
from gateway.domain.verification.port import ImageRefused
from gateway.identity.examination import Submission, picture_refused
from gateway.journey.keys.passcodes import shown_codes
from gateway.journey.stays.retention import forget_face
from gateway.journey.tenants import onboarding as steps
from gateway.registries import REGISTRIES
from gateway.store import Offer
from gateway.texts.marks import N_

router = APIRouter(prefix="/onboarding", tags=["tenant"])

MAX_PICTURE_BYTES = 8 * 1024 * 1024
TYPED = ("name", "id_number", "birth_date", "nationality", "sex", "surname", "given_names")
Typed = Annotated[str | None, Form(max_length=200)]


@router.get("")
def read_onboarding(gateway: Gate, token: OfferToken) -> OnboardingShown:
    """What the tenant is asked, by whom, who will see it, and how far they are."""
    with gateway.database.reading() as session:
        return show_onboarding(gateway, session, steps.offer_named(session, token, gateway.keyring, gateway.now()))


@router.post("/open")
def open_onboarding(gateway: Gate, token: OfferToken) -> OnboardingShown:
    """Record that the tenant opened the link. Only the first call writes; a page calls it from its script."""
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = steps.offer_named(session, token, gateway.keyring, now)
        if offer.state != "open":
            return show_onboarding(gateway, session, offer)
    with gateway.database.writing() as session:
        return show_onboarding(gateway, session, steps.open_offer(session, token, gateway.keyring, now))


@router.post("/consents")
def give_consents(gateway: Gate, token: OfferToken, form: ConsentForm) -> OnboardingShown:
    """Agree, or take it back. Taking back the face leaves the key as it is."""
    now = gateway.now()
    with gateway.database.writing() as session:
        offer = steps.open_offer(session, token, gateway.keyring, now)
        agreed = {"registration": form.registration, "face": form.face}
        agreed |= {} if form.guardian is None else {"guardian": form.guardian}
        steps.record_consent(session, offer, agreed, form.text_version, form.language, now)
        for case_id in [] if form.face else forget_face(session, offer):
            gateway.pictures.drop_face(case_id)
        return show_onboarding(gateway, session, offer)


@router.post("/challenge", status_code=201)
def challenge_liveness(gateway: Gate, token: OfferToken) -> ChallengeShown:
    """Asks for a short clip of turns in a new order; it answers once, within a minute, three times an hour."""
    gateway.attempts.hit("verification", token[:22])
    issued = gateway.challenges.issue(_offer_id(gateway, token))
    expires_at = datetime.fromtimestamp(issued.expires_at, UTC).isoformat()
    return ChallengeShown(nonce=issued.nonce, turns=list(issued.turns), expires_at=expires_at)


@router.post("/verification")
async def verify(
    gateway: Gate,
    token: OfferToken,
    document: Annotated[UploadFile | None, File()] = None,
    face: Annotated[UploadFile | None, File()] = None,
    name: Typed = None,
    id_number: Typed = None,
    birth_date: Typed = None,
    nationality: Typed = None,
    sex: Typed = None,
    surname: Typed = None,
    given_names: Typed = None,
    facts: Annotated[str | None, Form(max_length=4000, description="JSON: what the registry asks besides")] = None,
    holder_key: Annotated[str | None, Form(max_length=2000)] = None,
    clip: Annotated[list[UploadFile] | None, File(description="JPEG frames in order, at most 120")] = None,
    clip_nonce: Annotated[str | None, Form(max_length=64)] = None,
    chip: Annotated[UploadFile | None, File(description="CBOR: [EF.SOD, DG1, DG2] as read from the chip")] = None,
) -> Registered:
    """Show who you are: a picture of the document, or two typed fields; a face only if agreed to."""
    gateway.attempts.hit("verification", token[:22])
    values = (name, id_number, birth_date, nationality, sex, surname, given_names)
    submission = Submission(
        typed={key: value.strip() for key, value in zip(TYPED, values, strict=True) if value and value.strip()},
        document=await picture(document, "document"),
        face=await picture(face, "face"),
        facts=facts_of(facts),
        chip=await chip_of(chip),
    )
    if clip:
        submission = await with_clip(gateway, token, submission, clip, clip_nonce or "")
    return await register(gateway, token, submission, holder_of(holder_key))


@router.post("/holder")
def bind_holder(gateway: Gate, token: OfferToken, form: HolderForm) -> Registered:
    """Hand the keys to this phone, after registering elsewhere (a kiosk, say). Once."""
    holder = public_key(form.holder_key)
    with gateway.database.writing() as session:
        offer = steps.usable_offer(session, token, gateway.keyring, gateway.now())
        steps.hand_over(session, offer, holder, gateway.keyring, gateway.now())
        session.flush()
        return _registered(gateway, session, offer)


async def register(
    gateway: Gateway, token: str, submission: Submission, holder: EllipticCurvePublicKey | None
) -> Registered:
    """Steps 3 and 4 for one tenant, and where they stand after it."""
    verification = await gateway.tenant_registration.register(token, submission, holder)
    with gateway.database.reading() as session:
        return _registered(gateway, session, session.get_one(Offer, verification.offer_id))


async def with_clip(
    gateway: Gateway, token: str, submission: Submission, clip: list[UploadFile], nonce: str
) -> Submission:
    """The submission with its clip and the challenge that asked for it; InputRefused where it answers none."""
    if len(clip) > MAX_FRAMES:
        raise picture_refused("too_many_frames", "clip")
    frames = [await picture(frame, "clip") for frame in clip]
    offer_id = await asyncio.to_thread(_offer_id, gateway, token)
    try:
        challenge = await asyncio.to_thread(gateway.challenges.take, offer_id, nonce)
    except ImageRefused as refused:
        raise picture_refused(refused.code, refused.part) from None
    return replace(submission, clip=tuple(frame for frame in frames if frame), challenge=challenge)


def _offer_id(gateway: Gateway, token: str) -> str:
    with gateway.database.reading() as session:
        return steps.usable_offer(session, token, gateway.keyring, gateway.now()).id


async def picture(upload: UploadFile | None, part: str) -> bytes | None:
    """An uploaded picture's bytes; InputRefused where it is too large. It is never written to a file of ours."""
    if upload is None or not upload.size:
        return None
    if upload.size > MAX_PICTURE_BYTES:
        raise picture_refused("too_large", part)
    return await upload.read()


async def chip_of(upload: UploadFile | None) -> ChipContents | None:
    """What a reader got out of the document's chip; InputRefused where it is nothing of the kind."""
    if upload is None or not upload.size:
        return None
    try:
        files = decode_chip(await upload.read(MAX_CHIP + 1))
    except BadMessage:
        raise picture_refused("chip_unreadable", "chip") from None
    return ChipContents(files[0], {1: files[1], 2: files[2]})


def facts_of(text: str | None) -> dict[str, str]:
    """What the registry asks beyond the document, by path, from its JSON text."""
    try:
        facts = json.loads(text) if text else {}
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise InputRefused(N_("The additional information could not be read. Reload the page."), field="facts")
    return {path: value.strip() for path, value in facts.items() if value.strip()}


def holder_of(text: str | None) -> EllipticCurvePublicKey | None:
    """The phone's public key from its JSON text, if one was sent."""
    if not text:
        return None
    try:
        jwk = json.loads(text)
    except ValueError:
        jwk = None
    if not isinstance(jwk, dict):
        raise InputRefused(N_("The phone's key could not be read. Reload the page."), field="holder_key")
    return public_key(jwk)


def public_key(jwk: dict[str, Any]) -> EllipticCurvePublicKey:
    """The public key of a JWK."""
    try:
        return public_from_jwk(jwk)
    except BadKey:
        raise InputRefused(N_("The phone's key could not be read. Reload the page."), field="holder_key") from None


def show_onboarding(gateway: Gateway, session: Session, offer: Offer) -> OnboardingShown:
    """Everything the tenant's page says."""
    stay, now = offer.stay, gateway.now()
    unit, profile = stay.unit, profile_for(stay.unit.jurisdiction)
    latest, keys = steps.latest_verification(session, offer), steps.keys_of(session, offer)
    # Once a phone was given the key, a link shows no code any more: it could have been forwarded, or the key revoked.
    keyless = offer.person_id is not None and not steps.ever_had_keys(session, offer)
    waiting = keyless and stay.state in ("offered", "active")
    codes = shown_codes(session, stay, gateway.keyring, now) if waiting else []
    return OnboardingShown(
        unit=unit.label,
        address=unit.address,
        landlord=unit.landlord.name,
        landlord_phone=unit.landlord.phone,
        from_=wall_clock(stay.from_at, unit.timezone),
        until=wall_clock(stay.until_at, unit.timezone),
        timezone=unit.timezone,
        jurisdiction=unit.jurisdiction,
        asks=list(profile.fields),
        asks_besides=list(REGISTRIES[unit.registry_name].facts.of_tenant),
        asks_one_of=list(REGISTRIES[unit.registry_name].facts.one_of),
        face=profile.face,
        liveness_level=unit.liveness_level,
        seen_by=["landlord", f"registry:{unit.registry_name}", "officer"],
        consents={purpose: steps.consent_to(session, offer, purpose) is not None for purpose in PURPOSES},
        stage=steps.stage_of(session, offer, now),
        reasons=list(latest.reasons) if latest else [],
        decision_reason=latest.decision_reason if latest else None,
        keys=[key.id for key in keys],
        passcodes=[passcode_shown(code, unit.timezone) for code in codes],
    )


def _registered(gateway: Gateway, session: Session, offer: Offer) -> Registered:
    latest = steps.latest_verification(session, offer)
    return Registered(
        stage=steps.stage_of(session, offer, gateway.now()),
        reasons=list(latest.reasons) if latest else [],
        keys=[key.id for key in steps.keys_of(session, offer)],
    )
