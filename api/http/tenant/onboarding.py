"""Routes for a tenant's onboarding by the token of an offer: what is asked, consents, verification, keys."""

import json
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile

from api.framework.dependencies import Gate, OfferToken
from api.framework.repeatable_route import RepeatableRoute
from api.framework.uploads import read_upload, read_uploads
from api.services.schemas import ChallengeShown, CodeShown, ConsentForm, HolderForm, OnboardingShown, Registered
from api.services.tenant import child_document, verification
from api.services.tenant import onboarding as service
from api.services.tenant.child_document import ChildDocument
from api.services.tenant.holder_proofs import public_key, public_key_from_json
from api.services.tenant.onboarding import OthersForm
from api.services.tenant.verification import MAX_PICTURE_BYTES, VerificationForm
from devices.wire.kiosk.chip import MAX_CHIP
from gateway.domain.errors import InputRefused
from gateway.journey.stays.shared_facts import SHARED
from gateway.texts.marks import N_

router = APIRouter(route_class=RepeatableRoute, prefix="/onboarding", tags=["tenant"])

TYPED = (
    "document_kind", "id_number", "issuing_state", "surname", "given_names", "name", "birth_date", "nationality", "sex",
)  # fmt: skip
Typed = Annotated[str | None, Form(max_length=200)]


@router.get("")
def read_onboarding(gateway: Gate, token: OfferToken) -> OnboardingShown:
    """Return what the tenant is asked, by whom, who will see it, and which stage they have reached."""
    return service.read_onboarding(gateway, token)


@router.get("/codes")
def find_codes(
    gateway: Gate,
    token: OfferToken,
    path: Annotated[str, Query(max_length=60)],
    text: Annotated[str, Query(min_length=2, max_length=60)],
) -> list[CodeShown]:
    """Find entries of the authority's table for a fact by the beginnings of their words, the closest first; at most 20.

    For example municipalities by name: path=residence.municipality_code, text=alcor.
    """
    return service.find_codes(gateway, token, path, text)


@router.post("/open")
def open_onboarding(gateway: Gate, token: OfferToken) -> OnboardingShown:
    """Record that the tenant opened the link. Only the first call writes; a page calls it from its script."""
    return service.open_onboarding(gateway, token)


@router.post("/consents")
def give_consents(gateway: Gate, token: OfferToken, form: ConsentForm) -> OnboardingShown:
    """Give or withdraw consents. Withdrawing the one to the face comparison does not affect the keys."""
    return service.give_consents(gateway, token, form)


@router.post("/others")
def record_others(gateway: Gate, token: OfferToken, form: OthersForm) -> OnboardingShown:
    """Say before the verification whether others are registered afterwards, whose records are sent with the tenant's.

    They are sent when the phone says that everybody is registered, and 15 minutes after the last one at the latest.
    """
    return service.record_others(gateway, token, form)


@router.post("/challenge", status_code=201)
def challenge_liveness(gateway: Gate, token: OfferToken) -> ChallengeShown:
    """Request the challenge for a clip: turns of the head in a new order. It is valid once and for a minute."""
    return verification.challenge_liveness(gateway, token)


@router.post("/verification")
async def verify(
    gateway: Gate,
    token: OfferToken,
    document: Annotated[UploadFile | None, File()] = None,
    face: Annotated[UploadFile | None, File()] = None,
    document_kind: Typed = None,
    id_number: Typed = None,
    issuing_state: Typed = None,
    surname: Typed = None,
    given_names: Typed = None,
    name: Annotated[str | None, Form(max_length=200, description="For Chinese cards, which print one name")] = None,
    birth_date: Typed = None,
    nationality: Typed = None,
    sex: Typed = None,
    facts: Annotated[str | None, Form(max_length=4000, description="JSON: what the registry asks besides")] = None,
    same_residence: Annotated[bool, Form(description="The residence is that of the adult who invited them")] = False,
    same_contact: Annotated[bool, Form(description="They are reached as the adult who invited them")] = False,
    holder_key: Annotated[str | None, Form(max_length=2000)] = None,
    clip: Annotated[list[UploadFile] | None, File(description="JPEG frames in order, at most 120")] = None,
    clip_nonce: Annotated[str | None, Form(max_length=64)] = None,
    chip: Annotated[UploadFile | None, File(description="CBOR: [EF.SOD, DG1, DG2] as read from the chip")] = None,
) -> Registered:
    """Hand in proof of identity: a picture of the document, or typed fields; a face only with consent to it."""
    values = (document_kind, id_number, issuing_state, surname, given_names, name, birth_date, nationality, sex)
    form = VerificationForm(
        typed={key: value for key, value in zip(TYPED, values, strict=True) if value},
        document=await read_upload(document, MAX_PICTURE_BYTES),
        face=await read_upload(face, MAX_PICTURE_BYTES),
        facts=facts_of(facts),
        clip=await read_uploads(clip, MAX_PICTURE_BYTES),
        clip_nonce=clip_nonce or "",
        chip=await read_upload(chip, MAX_CHIP),
        holder=public_key_from_json(holder_key) if holder_key else None,
        shares=tuple(name for name, ticked in zip(SHARED, (same_residence, same_contact), strict=True) if ticked),
    )
    return await verification.verify(gateway, token, form)


@router.post("/child-document")
async def read_child_document(
    gateway: Gate, token: OfferToken, document: Annotated[UploadFile, File()]
) -> ChildDocument:
    """Read the photograph of a child's document for the form that declares the child. Stores nothing."""
    return await child_document.read_child_document(gateway, token, await read_upload(document, MAX_PICTURE_BYTES))


@router.post("/holder")
def bind_holder(gateway: Gate, token: OfferToken, form: HolderForm) -> Registered:
    """Issue the keys to this phone, once, for a tenant who registered elsewhere, for example at a kiosk."""
    return service.bind_holder(gateway, token, public_key(form.holder_key))


def facts_of(text: str | None) -> dict[str, str]:
    """Return what the registry asks beyond the document, by path, from its JSON text. Raises InputRefused."""
    try:
        facts = json.loads(text) if text else {}
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise InputRefused(N_("The additional information could not be read. Reload the page."), field="facts")
    return facts
