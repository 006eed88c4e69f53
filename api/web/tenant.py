"""The tenant's pages: the link, the door, the key."""

import json
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from api.http import door as api
from api.http.context import OFFER_COOKIE, Gate, OfferToken, caller, limit_rate
from api.http.shapes import ConsentForm, DoorShown, HolderForm
from api.web.key_page import show_keys, was_taken_back
from api.web.page_route import PageRoute, go, notice_of
from api.web.render import language_of, page
from api.web.text import say, say_code, say_refusal
from api.web.text.pair import Language
from gateway.domain.consent import LATEST, PURPOSES, consent_text, fill_in
from gateway.domain.errors import Busy, Conflict, InputRefused, LodgekeyError
from gateway.domain.jurisdiction import load_profiles

router = APIRouter(route_class=PageRoute, include_in_schema=False)

FACT: Final = "fact."
COOKIE_SECONDS: Final = 400 * 86_400
WITH_KEY: Final = ("issued", "on_lock")
WAITING: Final = ("review", "refused", "asked_again", "verified", "ended")
Typed = Annotated[str, Form(max_length=200)]
Picture = Annotated[UploadFile | None, File()]


@router.get("/o/{token}")
def follow_link(request: Request, gateway: Gate, token: str) -> Response:
    """The landlord's link: the token moves from the address into a cookie, out of histories and screenshots."""
    limit_rate("offer", caller(request))
    api.open_door(gateway, token)
    answer = go("/door")
    # Lax, not Strict: the link is opened from a messenger, and a Strict cookie would not follow the redirect.
    secure = gateway.settings.address.startswith("https:")
    answer.set_cookie(
        OFFER_COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return answer


@router.get("/door")
def show_door(request: Request, gateway: Gate, token: OfferToken, again: bool = False) -> Response:
    """The page of the stage the tenant has reached."""
    door = api.open_door(gateway, token)
    if door.stage in WITH_KEY:
        return go("/key")
    if door.stage in WAITING and not (again and door.stage in ("refused", "asked_again")):
        stage = "taken_back" if was_taken_back(gateway, token, door) else door.stage
        return page(request, "wait.html", {"door": door, "stage": stage})
    return show_form(request, door)


@router.post("/door")
async def register(
    request: Request,
    gateway: Gate,
    token: OfferToken,
    text_version: Typed,
    check: Typed = "",
    consent_registration: Typed = "",
    consent_face: Typed = "",
    name: Typed = "",
    id_number: Typed = "",
    holder_key: Annotated[str, Form(max_length=2000)] = "",
    document: Picture = None,
    face: Picture = None,
) -> Response:
    """Consents and verification in one form, so that it works without scripts and takes few taps."""
    door = api.read_door(gateway, token)
    facts = await facts_in(request)
    typed = {"name": name, "id_number": id_number}
    with_face = check == "face"
    missing = what_is_missing(
        {
            "document": bool(document and document.size) or all(text.strip() for text in typed.values()),
            "face": check == "person" or bool(with_face and face and face.size),
            "face_consent": not with_face or bool(consent_face),
            "consent": bool(consent_registration),
        }
    )
    if missing:
        return show_form(request, door, typed, facts, missing, status=422)
    agreed = ConsentForm(registration=True, face=with_face, text_version=text_version, language=language_of(request))
    try:
        api.give_consents(gateway, token, agreed)
        shown = await api.verify(
            gateway,
            token,
            document,
            face if with_face else None,
            name,
            id_number,
            facts=json.dumps(facts),
            holder_key=holder_key,
        )
    except (InputRefused, Busy) as error:
        return show_form(request, door, typed, facts, problem=error, status=error.status)
    except Conflict:
        return go("/door")
    return go("/key" if shown.stage in WITH_KEY else "/door")


async def facts_in(request: Request) -> dict[str, str]:
    """What the registry asks besides the document, by path, as the form names it."""
    form = await request.form()
    return {name.removeprefix(FACT): str(text) for name, text in form.items() if name.startswith(FACT) and text}


def consent_words(door: DoorShown, language: Language) -> dict[str, str]:
    """The texts a tenant agrees to, as this place reads them."""
    profiles = load_profiles()
    profile = profiles.get(door.jurisdiction) or profiles[door.jurisdiction.split("-")[0]]
    return {purpose: fill_in(consent_text(purpose, language[:2]), profile) for purpose in PURPOSES}


def what_is_missing(given: dict[str, bool]) -> list[str]:
    """The parts of the form that are not there yet."""
    return [part for part, there in given.items() if not there]


def show_form(
    request: Request,
    door: DoorShown,
    typed: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    missing: list[str] | None = None,
    problem: LodgekeyError | None = None,
    status: int = 200,
) -> Response:
    """The registration form, with what was typed and what is missing or wrong."""
    language = language_of(request)
    values = {
        "door": door,
        "asks": say(language, "common.comma").join(say_code(language, "door.asks", field) for field in door.asks),
        "text_version": LATEST,
        "words": consent_words(door, language),
        "facts": facts or {},
        "typed": typed or {"name": "", "id_number": ""},
        "missing": missing or [],
        "problem": say_refusal(language, problem) if problem else None,
    }
    return page(request, "door.html", values, status)


@router.post("/door/holder")
def claim_key(gateway: Gate, token: OfferToken, holder_key: Annotated[str, Form(max_length=2000)]) -> Response:
    """A registered tenant's phone takes the key."""
    try:
        jwk = json.loads(holder_key)
        form = HolderForm(holder_key=jwk)
    except ValueError:
        raise InputRefused("The phone's key could not be read. Please reload the page.", field="holder_key") from None
    api.bind_holder(gateway, token, form)
    return go("/key")


@router.get("/key")
def show_key(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """The key: what the lock said, and what to do where it says nothing."""
    door = api.open_door(gateway, token)
    if door.stage not in WITH_KEY:
        return go("/door")
    return page(request, "key.html", show_keys(gateway, token, door) | {"notice": notice_of(request)})


@router.post("/key/withdraw")
def withdraw_face(request: Request, gateway: Gate, token: OfferToken) -> Response:
    """Take back the consent to the face comparison; the key stays."""
    agreed = ConsentForm(registration=True, face=False, text_version=LATEST, language=language_of(request))
    api.give_consents(gateway, token, agreed)
    return go("/key?done=keypage.done.withdrawn")
