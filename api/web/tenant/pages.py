"""The tenant's pages: the link, the door, the key."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from api.framework.dependencies import OFFER_COOKIE, Gate, OfferToken, caller
from api.http.tenant import onboarding as api
from api.services.error_text import error_text
from api.services.schemas import ConsentForm, HolderForm, OnboardingShown, Registered
from api.web.shell.countries import country_choices, nationality_choices
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from api.web.tenant.key_page import show_keys, was_taken_back
from api.web.tenant.onboarding_form import (
    TYPED,
    details_asked,
    facts_in,
    lacks_details,
    typed_in,
    what_is_missing,
)
from gateway.domain.errors import Busy, Conflict, InputRefused, LodgekeyError
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.consent import LATEST, PURPOSES, consent_language, consent_text, fill_in
from gateway.texts.families import code_text
from gateway.texts.languages import Language
from gateway.texts.marks import N_
from gateway.texts.translator import translator

router = APIRouter(route_class=PageRoute, include_in_schema=False)

COOKIE_SECONDS: Final = 400 * 86_400
DONE: Final = {"keypage.done.withdrawn": N_("Consent withdrawn. You keep your key.")}
WITH_KEY: Final = ("issued", "on_lock")
WAITING: Final = ("review", "refused", "asked_again", "verified", "ended")
Typed = Annotated[str, Form(max_length=200)]
Picture = Annotated[UploadFile | None, File()]


@router.get("/o/{token}")
def follow_link(request: Request, gateway: Gate, token: str) -> Response:
    """The landlord's link: the token moves from the address into a cookie, out of histories and screenshots.

    It is followed by link previews too, so the offer stays unopened: the page's first script or its form opens it.
    """
    gateway.attempts.hit("offer", caller(request))
    api.read_onboarding(gateway, token)
    answer = go("/onboarding")
    # Lax, not Strict: the link is opened from a messenger, and a Strict cookie would not follow the redirect.
    secure = gateway.settings.address.startswith("https:")
    answer.set_cookie(
        OFFER_COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return answer


@router.get("/onboarding")
def show_onboarding(request: Request, gateway: Gate, token: OfferToken, again: bool = False) -> Response:
    """The page of the stage the tenant has reached."""
    onboarding = api.read_onboarding(gateway, token)
    if onboarding.stage in WITH_KEY:
        return go("/key")
    if onboarding.stage in WAITING and not (again and onboarding.stage in ("refused", "asked_again")):
        stage = "taken_back" if was_taken_back(gateway, token, onboarding) else onboarding.stage
        return page(request, "tenant/wait.html", {"onboarding": onboarding, "stage": stage})
    return show_form(request, onboarding)


@dataclass(frozen=True, slots=True)
class FaceShown:
    """A picture of the face, and the clip of its turns with the challenge it answers."""

    face: UploadFile | None = None
    clip: Sequence[UploadFile] = ()
    clip_nonce: str = ""


NOBODY: Final = FaceShown()


def face_shown(
    face: Picture = None, clip: Annotated[list[UploadFile] | None, File()] = None, clip_nonce: Typed = ""
) -> FaceShown:
    """What of the form is about the face; a file field left alone comes as one empty file."""
    return FaceShown(face, [frame for frame in clip or () if frame.size], clip_nonce)


@router.post("/onboarding")
async def register(
    request: Request,
    gateway: Gate,
    token: OfferToken,
    text_version: Typed,
    check: Typed = "",
    consent_registration: Typed = "",
    consent_face: Typed = "",
    consent_guardian: Typed = "",
    holder_key: Annotated[str, Form(max_length=2000)] = "",
    document: Picture = None,
    shown: Annotated[FaceShown, Depends(face_shown)] = NOBODY,
) -> Response:
    """Consents and verification in one form, so that it works without scripts and takes few taps."""
    onboarding = await asyncio.to_thread(api.open_onboarding, gateway, token)
    form = await request.form()
    typed, facts = typed_in(form), facts_in(form)
    with_face = check == "face"
    seen, photographed = shown if with_face else NOBODY, bool(document and document.size)
    missing = what_is_missing(
        {
            "document": photographed or bool(typed["name"] and typed["id_number"]),
            "details": photographed or not typed["id_number"] or not lacks_details(typed, onboarding),
            "face": check == "person" or bool(seen.face and seen.face.size),
            "face_consent": not with_face or bool(consent_face),
            "consent": bool(consent_registration),
        }
    )
    if missing:
        return show_form(request, onboarding, typed, facts, missing, status=422)
    agreed = ConsentForm(
        registration=True,
        face=with_face,
        guardian=bool(consent_guardian),
        text_version=text_version,
        language=language_of(request),
    )
    try:
        await asyncio.to_thread(api.give_consents, gateway, token, agreed)
        reached = await hand_in(gateway, token, document, seen, typed, facts, holder_key)
    except (InputRefused, Busy) as error:
        return show_form(request, onboarding, typed, facts, problem=error, status=error.status)
    except Conflict:
        return go("/onboarding")
    return go("/key" if reached.stage in WITH_KEY else "/onboarding")


async def hand_in(
    gateway: Gate,
    token: str,
    document: UploadFile | None,
    seen: FaceShown,
    typed: Mapping[str, Any],
    facts: dict[str, str],
    holder_key: str,
) -> Registered:
    """The API's own call, with what the form holds."""
    return await api.verify(
        gateway,
        token,
        document,
        seen.face,
        **typed,
        facts=json.dumps(facts),
        holder_key=holder_key,
        clip=[*seen.clip],
        clip_nonce=seen.clip_nonce,
    )


def consent_words(onboarding: OnboardingShown, language: Language) -> dict[str, str]:
    """The texts a tenant agrees to, as this place reads them."""
    spoken, profile = consent_language(language), profile_for(onboarding.jurisdiction)
    return {purpose: fill_in(consent_text(purpose, spoken), profile) for purpose in PURPOSES}


def show_form(
    request: Request,
    onboarding: OnboardingShown,
    typed: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    missing: list[str] | None = None,
    problem: LodgekeyError | None = None,
    status: int = 200,
) -> Response:
    """The registration form, with what was typed and what is missing or wrong."""
    language = language_of(request)
    values = {
        "onboarding": onboarding,
        "asks": translator(language).join(code_text(language, "door.asks", field) for field in onboarding.asks),
        "text_version": LATEST,
        "words": consent_words(onboarding, language),
        "facts": facts or {},
        "typed": typed or dict.fromkeys(TYPED, ""),
        "details": details_asked(onboarding),
        "countries": country_choices(language),
        "nationalities": nationality_choices(language),
        "missing": missing or [],
        "problem": error_text(language, problem) if problem else None,
    }
    return page(request, "tenant/onboarding.html", values, status)


@router.post("/onboarding/holder")
def take_key(gateway: Gate, token: OfferToken, holder_key: Annotated[str, Form(max_length=2000)]) -> Response:
    """A registered tenant's phone takes the key."""
    try:
        jwk = json.loads(holder_key)
        form = HolderForm(holder_key=jwk)
    except ValueError:
        raise InputRefused(N_("The phone's key could not be read. Reload the page."), field="holder_key") from None
    api.bind_holder(gateway, token, form)
    return go("/key")


@router.get("/key")
def show_key(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """The key: what the lock said, and what to do where it says nothing."""
    onboarding = api.read_onboarding(gateway, token)
    if onboarding.stage not in WITH_KEY:
        return go("/onboarding")
    return page(
        request, "tenant/key.html", show_keys(gateway, token, onboarding) | {"notice": notice_of(request, DONE)}
    )


@router.post("/key/withdraw")
def withdraw_face(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """Take back the consent to the face comparison; the key stays."""
    agreed = ConsentForm(registration=True, face=False, text_version=LATEST, language=language_of(request))
    api.give_consents(gateway, token, agreed)
    return go("/key?done=keypage.done.withdrawn")
