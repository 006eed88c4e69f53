"""The tenant's pages: the link of an offer, the registration form, and the key."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from api.framework.cookies import read_cookie, set_cookie
from api.framework.dependencies import COMPANION_COOKIE, OFFER_COOKIE, Gate, OfferToken, caller
from api.framework.uploads import read_upload, read_uploads
from api.services.error_text import error_text
from api.services.schemas import CodeShown, ConsentForm, OnboardingShown
from api.services.tenant import onboarding as service
from api.services.tenant.corrections import read_refusals
from api.services.tenant.erasure import read_erasure
from api.services.tenant.holder_proofs import public_key_from_json
from api.services.tenant.key_overview import read_overview, was_revoked
from api.services.tenant.verification import MAX_PICTURE_BYTES, VerificationForm, verify
from api.web.shell.corrections import NONE_SENT, Correction
from api.web.shell.countries import country_choices, issuer_choices, nationality_choices
from api.web.shell.fault import Fault
from api.web.shell.forms import shown_again
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from api.web.tenant.asked_facts import asked_facts
from api.web.tenant.faults import FACT, PART_MISSING, fault_of, faults_in
from api.web.tenant.onboarding_form import CHOSEN, Entered, details_asked, entered_in, problems_of
from gateway.bootstrap import Gateway
from gateway.domain.documents import NUMBER_SAYS_REST
from gateway.domain.errors import Busy, Conflict, InputRefused, LodgekeyError
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.consent import LATEST, PURPOSES, consent_language, consent_text, fill_in
from gateway.journey.stays.shared_facts import REACHED, RESIDENCE, SHARED
from gateway.texts.families import code_text
from gateway.texts.languages import Language
from gateway.texts.marks import N_
from gateway.texts.translator import translator

router = APIRouter(route_class=PageRoute, include_in_schema=False)

COOKIE_SECONDS: Final = 400 * 86_400
OWN_PHONE: Final = "/onboarding"
DONE: Final = {
    "keypage.done.withdrawn": N_("Consent withdrawn. You keep your key."),
    "keypage.done.arrival": N_("Your arrival is saved."),
    "keypage.done.departure": N_("Your departure is saved."),
    "keypage.done.corrected": N_("Corrected. Your registration is being sent again."),
}
WITH_KEY: Final = ("issued", "on_lock")
WAITING: Final = ("review", "refused", "asked_again", "verified", "ended")
Typed = Annotated[str, Form(max_length=200)]
Picture = Annotated[UploadFile | None, File()]


@router.get("/o/{token}")
def follow_link(request: Request, gateway: Gate, token: str) -> Response:
    """Move the token of a landlord's link into a cookie, so that it stays out of browser histories and screenshots.

    Link previews follow the link too, so this does not open the offer: the page's first script or its form does.
    """
    gateway.attempts.hit("offer", caller(request))
    service.read_onboarding(gateway, token)
    answer = go("/onboarding")
    set_cookie(request, answer, OFFER_COOKIE, token, seconds=COOKIE_SECONDS)
    return answer


@router.get("/onboarding")
def show_onboarding(request: Request, gateway: Gate, token: OfferToken, again: bool = False) -> Response:
    """Show the page of the stage that the tenant has reached."""
    onboarding = service.read_onboarding(gateway, token)
    if onboarding.stage in WITH_KEY:
        return go("/key")
    if onboarding.stage in WAITING and not (again and onboarding.stage in ("refused", "asked_again")):
        stage = "taken_back" if was_revoked(gateway, token, onboarding) else onboarding.stage
        asked = read_erasure(gateway, token) if stage in ("ended", "taken_back") else None
        return page(request, "tenant/wait.html", {"onboarding": onboarding, "stage": stage, "erasure": asked})
    return show_form(request, onboarding)


@dataclass(frozen=True, slots=True)
class FaceUploads:
    """A picture of the face, and a clip of the head's turns with the nonce of the challenge that it answers."""

    face: UploadFile | None = None
    clip: Sequence[UploadFile] = ()
    clip_nonce: str = ""


NO_FACE: Final = FaceUploads()


def face_uploads(
    face: Picture = None, clip: Annotated[list[UploadFile] | None, File()] = None, clip_nonce: Typed = ""
) -> FaceUploads:
    """Return the form's fields for the face. Browsers send an empty file for a file field without a file."""
    return FaceUploads(face, [frame for frame in clip or () if frame.size], clip_nonce)


@dataclass(frozen=True, slots=True)
class SentForm:
    """The parts of a sent registration form that are not read by name: its texts' version, the check, the pictures."""

    text_version: str
    check: str
    document: UploadFile | None
    uploads: FaceUploads


def sent_form(
    text_version: Typed,
    check: Typed = "",
    document: Picture = None,
    uploads: Annotated[FaceUploads, Depends(face_uploads)] = NO_FACE,
) -> SentForm:
    """Return the parts of the form that this request sends."""
    return SentForm(text_version, check, document, uploads)


@router.post("/onboarding")
async def register(
    request: Request,
    gateway: Gate,
    token: OfferToken,
    sent: Annotated[SentForm, Depends(sent_form)],
    holder_key: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take consents and verification in one form, which works without scripts; show it again if a part is wrong."""
    return await take_registration(request, gateway, token, sent, holder_key)


async def take_registration(
    request: Request, gateway: Gateway, token: str, sent: SentForm, holder_key: str = "", place: str = OWN_PHONE
) -> Response:
    """Record what a tenant sent, and go on; show the form again if a part is wrong. `place`: the path of the form."""
    onboarding = await asyncio.to_thread(service.open_onboarding, gateway, token)
    document, seen = sent.document, sent.uploads if sent.check == "face" else NO_FACE
    photos = {"document": bool(document and document.size), "face": bool(seen.face and seen.face.size)}
    entered = entered_in(await request.form(), **photos)
    language = language_of(request)
    problems = problems_of(entered, onboarding, today_at(gateway, onboarding))
    if problems:
        faults = [fault_of(language, problem.field, problem.code) for problem in problems]
        return show_form(request, onboarding, entered, faults, 422, place=place)
    agreed = {"registration": True, "face": sent.check == "face", "guardian": bool(entered.chosen["consent_guardian"])}
    consents = ConsentForm.model_validate(agreed | {"text_version": sent.text_version, "language": language})
    try:
        await asyncio.to_thread(service.give_consents, gateway, token, consents)
        if onboarding.asks_others and place == OWN_PHONE:
            others = service.OthersForm(follow=bool(entered.chosen["others"]), group=bool(entered.chosen["group"]))
            await asyncio.to_thread(service.record_others, gateway, token, others)
        reached = await verify(gateway, token, await verification_form(document, seen, entered, holder_key))
    except (InputRefused, Busy) as error:
        faults = faults_in(language, error, onboarding.asks_besides)
        wrong = {fault.field.removeprefix(FACT) for fault in faults} & onboarding.asks_codes.keys()
        namesakes = {path: service.find_codes(gateway, token, path, entered.facts.get(path, "")) for path in wrong}
        return show_form(request, onboarding, entered, faults, error.status, namesakes, place)
    except Conflict:
        return go(place)
    return go("/key" if reached.stage in WITH_KEY and place == OWN_PHONE else place)


def today_at(gateway: Gateway, onboarding: OnboardingShown) -> date:
    """Return the date in the unit's time zone."""
    return datetime.fromtimestamp(gateway.now(), ZoneInfo(onboarding.timezone)).date()


async def verification_form(
    document: UploadFile | None, seen: FaceUploads, entered: Entered, holder_key: str
) -> VerificationForm:
    """Return what the tenant hands in; `holder_key` is a JWK in JSON, or empty. Raises InputRefused for that key."""
    return VerificationForm(
        typed=entered.typed,
        document=await read_upload(document, MAX_PICTURE_BYTES),
        face=await read_upload(seen.face, MAX_PICTURE_BYTES),
        facts=entered.facts,
        clip=await read_uploads(seen.clip, MAX_PICTURE_BYTES),
        clip_nonce=seen.clip_nonce,
        holder=public_key_from_json(holder_key) if holder_key else None,
        shares=tuple(name for name in SHARED if entered.chosen[name]),
    )


def consent_words(onboarding: OnboardingShown, language: Language) -> dict[str, str]:
    """Return the consent text of each purpose, filled in for the jurisdiction; in the nearest language there is."""
    spoken, profile = consent_language(language), profile_for(onboarding.jurisdiction)
    return {purpose: fill_in(consent_text(purpose, spoken), profile) for purpose in PURPOSES}


def show_form(
    request: Request,
    onboarding: OnboardingShown,
    entered: Entered | None = None,
    faults: Sequence[Fault] = (),
    status: int = 200,
    namesakes: Mapping[str, Sequence[CodeShown]] | None = None,
    place: str = OWN_PHONE,
) -> Response:
    """Return the registration form at `place` with what was entered, and what to correct in it."""
    language = language_of(request)
    values = form_values(language, onboarding, entered, faults, namesakes)
    words = consent_words(onboarding, language)
    return page(request, "tenant/onboarding.html", values | {"words": words, "place": place}, status)


def form_values(
    language: Language,
    onboarding: OnboardingShown,
    entered: Entered | None = None,
    faults: Sequence[Fault] = (),
    namesakes: Mapping[str, Sequence[CodeShown]] | None = None,
) -> dict[str, object]:
    """Return the values of onboarding.html but the consents' `words`.

    `namesakes`: by path, what to choose from instead of a name that was typed.
    """
    shares = [name for name in SHARED if getattr(onboarding, f"asks_{name}")]
    entered = entered or Entered(chosen=dict.fromkeys(CHOSEN, "") | dict.fromkeys(shares, "yes"))
    besides = onboarding.asks_besides
    return {
        "onboarding": onboarding,
        "place": OWN_PHONE,
        "asks": translator(language).join(code_text(language, "onboarding.asks", field) for field in onboarding.asks),
        "text_version": LATEST,
        "facts": entered.facts,
        "typed": entered.typed,
        "chosen": entered.chosen,
        "photos_lost": entered.document or entered.face,
        "details": details_asked(onboarding),
        "one_name": NUMBER_SAYS_REST,
        "asked": asked_facts(onboarding, language, besides, namesakes=namesakes, shares=shares),
        "faults": faults,
        "wrong": {fault.field: fault.sentence for fault in reversed(faults)},
        "part_missing": {part: translator(language).translate(text) for part, text in PART_MISSING.items()},
        "countries": country_choices(language),
        "issuers": issuer_choices(language),
        "nationalities": nationality_choices(language),
    }


def key_again(error: LodgekeyError, request: Request, gateway: Gate, token: OfferToken) -> Response:
    """Return the page of the stage that the tenant has reached, with the error of a form on it."""
    onboarding = service.read_onboarding(gateway, token)
    if onboarding.stage not in WAITING:
        return key_page(request, gateway, token, error=error)
    faults = [Fault("", error_text(language_of(request), error))]
    values = {"onboarding": onboarding, "stage": onboarding.stage, "faults": faults}
    return page(request, "tenant/wait.html", values, error.status)


@router.post("/onboarding/holder")
@shown_again(key_again)
def take_key(gateway: Gate, token: OfferToken, holder_key: Annotated[str, Form(max_length=2000)]) -> Response:
    """Issue the keys to this phone, for a tenant who registered elsewhere; `holder_key` is a JWK in JSON."""
    service.bind_holder(gateway, token, public_key_from_json(holder_key))
    return go("/key")


@router.get("/key")
def show_key(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """Show the keys, what their locks reported last, and what to do if a lock does not answer."""
    return key_page(request, gateway, token)


def key_page(
    request: Request,
    gateway: Gateway,
    token: str,
    correction: Correction = NONE_SENT,
    error: LodgekeyError | None = None,
) -> Response:
    """Return the page of the keys, with the error of a form on it; `correction` is one that was sent and refused.

    The error is beside the fields of the correction, or in the page's own summary if they are asked no more.
    """
    onboarding = service.read_onboarding(gateway, token)
    if onboarding.stage not in WITH_KEY:
        return go("/onboarding")
    overview, language = read_overview(gateway, token), language_of(request)
    refusals = read_refusals(gateway, token, language)
    beside = any(correction.is_of(one.registration, one.person) for one in refusals)
    values = {
        "onboarding": onboarding,
        "keys": overview.keys,
        "begins_later": overview.begins_later,
        "filings": overview.filings,
        "readers": overview.readers,
        "once_codes": overview.once_codes,
        "date_request": overview.date_request,
        "party_open": overview.party_open,
        "has_surname": overview.has_surname,
        "own_dates": overview.own,
        "companions": overview.companions,
        "erasure": read_erasure(gateway, token),
        "refusals": refusals,
        "faults": [Fault("", error_text(language, error))] if error and not beside else [],
        "correction": correction,
        "code_tables": tables_in(gateway, token, onboarding, correction),
        "documents": onboarding.documents,
        **child_values(language, onboarding),
        "registering": bool(read_cookie(request, COMPANION_COOKIE)),
        "notice": notice_of(request, DONE),
    }
    return page(request, "tenant/key.html", values, error.status if error else 200)


def tables_in(
    gateway: Gateway, token: str, onboarding: OnboardingShown, correction: Correction
) -> dict[str, list[tuple[str, str]]]:
    """Return the authorities' tables by path, none where one is searched.

    For a name that was refused it has the entries that may be meant, so that one is chosen without scripts too.
    """
    namesakes = {
        path: service.find_codes(gateway, token, path, text)
        for path, text in correction.given.items()
        if path in correction.sentences and path in onboarding.asks_codes and text
    }
    tables = onboarding.asks_codes | {path: found for path, found in namesakes.items() if found}
    return {path: [(entry.code, entry.name) for entry in entries] for path, entries in tables.items()}


def child_values(language: Language, onboarding: OnboardingShown) -> dict[str, object]:
    """Return the values of the form by which a tenant registers a child, who is reached through them."""
    asked = [path for path in onboarding.asks_besides if path not in REACHED]
    return {
        "child_kinds": [kind for kind in onboarding.documents if kind != "none"],
        "child_residence": any(path.startswith(RESIDENCE) for path in asked),
        "child_asks": [
            replace(fact, hint="") if fact.minors else fact  # the form is only for them
            for fact in asked_facts(onboarding, language, asked, prefix="", shares=["same_residence"])
        ],
        "countries": country_choices(language),
        "issuers": issuer_choices(language),
        "nationalities": nationality_choices(language),
    }


@router.post("/key/withdraw")
@shown_again(key_again)
def withdraw_face(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """Withdraw the consent to the face comparison. The keys are not affected."""
    agreed = ConsentForm(registration=True, face=False, text_version=LATEST, language=language_of(request))
    service.give_consents(gateway, token, agreed)
    return go("/key?done=keypage.done.withdrawn")
