"""Pages for an adult who registers on another tenant's phone, and takes the key to a phone of their own."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.framework.cookies import delete_cookie, read_cookie, set_cookie
from api.framework.dependencies import (
    COMPANION_COOKIE,
    OFFER_COOKIE,
    CompanionToken,
    Gate,
    caller,
    ours,
)
from api.services.schemas import ChallengeShown, CodeShown
from api.services.tenant import onboarding as service
from api.services.tenant import shared_phone, verification
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import page
from api.web.tenant.pages import COOKIE_SECONDS, WITH_KEY, SentForm, sent_form, show_form, take_registration
from gateway.domain.errors import Conflict
from gateway.texts.marks import N_

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE: Final = "/companion"
REGISTERED: Final = ("review", "verified")
TO_DO_AGAIN: Final = ("refused", "asked_again")


@router.get(HERE)
def show_companion(request: Request, gateway: Gate, token: CompanionToken, again: bool = False) -> Response:
    """Show the form, or how far the registration is, with the link to the key; nothing of the adult's record."""
    onboarding = service.read_onboarding(gateway, token)
    stage = onboarding.stage
    if stage in ("opened", "consented") or (stage in TO_DO_AGAIN and again):
        return show_form(request, onboarding, place=HERE)
    link = shared_phone.hand_over_link(gateway, token) if stage in REGISTERED else None
    answer = page(request, "tenant/companion.html", {"onboarding": onboarding, "stage": stage, "link": link})
    if stage in WITH_KEY or stage == "ended":
        delete_cookie(request, answer, COMPANION_COOKIE)
    return answer


@router.post(HERE)
async def register_companion(
    request: Request, gateway: Gate, token: CompanionToken, sent: Annotated[SentForm, Depends(sent_form)]
) -> Response:
    """Take the consents and the verification of the other adult. This phone gets no key of theirs."""
    return await take_registration(request, gateway, token, sent, place=HERE)


@router.get("/companion/codes")
def find_companion_codes(
    gateway: Gate,
    token: CompanionToken,
    path: Annotated[str, Query(max_length=60)],
    text: Annotated[str, Query(min_length=2, max_length=60)],
) -> list[CodeShown]:
    """Find entries of the authority's table for a fact of the other adult."""
    return service.find_codes(gateway, token, path, text)


@router.post("/companion/challenge", status_code=201)
def challenge_companion(gateway: Gate, token: CompanionToken) -> ChallengeShown:
    """Issue the challenge for a clip of the other adult's face."""
    return verification.challenge_liveness(gateway, token)


@router.post("/companion/close", dependencies=[Depends(ours)])
def close_companion(request: Request) -> Response:
    """Forget the other adult's registration on this phone, and go back to the key."""
    answer = go("/key")
    delete_cookie(request, answer, COMPANION_COOKIE)
    return answer


@router.get("/take/{token}")
def follow_hand_over(request: Request, gateway: Gate, token: str) -> Response:
    """Let the adult's own phone take the key: its cookie becomes that of their offer. Changes nothing else.

    Refused in the browser that was lent, where it would take the place of its own tenant's link.
    """
    gateway.attempts.hit("offer", caller(request))
    if read_cookie(request, COMPANION_COOKIE):
        raise Conflict(N_("This link is for the other adult's own phone. Open it there."))
    answer = go("/onboarding")
    own = shared_phone.follow_hand_over(gateway, token, read_cookie(request, OFFER_COOKIE))
    set_cookie(request, answer, OFFER_COOKIE, own, seconds=COOKIE_SECONDS)
    return answer
