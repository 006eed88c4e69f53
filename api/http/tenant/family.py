"""Routes for a holder to register those who came along. The phone that holds the key signs every request."""

from fastapi import APIRouter, Depends, Request, Response

from api.framework.cookies import read_cookie, set_cookie
from api.framework.dependencies import COMPANION_COOKIE, Gate, ours
from api.framework.repeatable_route import RepeatableRoute
from api.services.schemas import UnlockForm
from api.services.tenant import family as service
from api.services.tenant import shared_phone
from api.services.tenant.family import ChildDeclared, ChildForm, CompanionLink
from gateway.domain.stays.shared_phone import LIFETIME

router = APIRouter(route_class=RepeatableRoute, prefix="/keys", tags=["holder"], dependencies=[Depends(ours)])


@router.post("/{key_id}/children", status_code=201)
def declare_child(gateway: Gate, key_id: str, form: ChildForm) -> ChildDeclared:
    """Check in a child with the adult who holds the key. The child needs no document where the registry allows it."""
    return service.declare_child(gateway, key_id, form)


@router.post("/{key_id}/companions", status_code=201)
def invite_companion(gateway: Gate, key_id: str, form: UnlockForm) -> CompanionLink:
    """Make a link for another adult of the party, signed over `lodgekey-companion`."""
    return service.invite_companion(gateway, key_id, form)


@router.post("/{key_id}/companions/here", status_code=204)
def register_companion_here(request: Request, response: Response, gateway: Gate, key_id: str, form: UnlockForm) -> None:
    """Let another adult register on this phone, signed over `lodgekey-companion`; `/companion` shows the form.

    A cookie of its own lets this browser do so. It gives no key, and what this phone holds stays as it is.
    """
    current = read_cookie(request, COMPANION_COOKIE)
    token = shared_phone.begin_registration(gateway, key_id, form, current)
    set_cookie(request, response, COMPANION_COOKIE, token, seconds=LIFETIME["register"])


@router.post("/{key_id}/companions/{offer_id}/link", status_code=201)
def show_link_again(gateway: Gate, key_id: str, offer_id: str, form: UnlockForm) -> CompanionLink:
    """Make a new link to the key of an adult who registered on this phone, signed over `lodgekey-hand-over`.

    It works once, within the hour, and ends earlier ones.
    """
    return shared_phone.show_link_again(gateway, key_id, offer_id, form)


@router.post("/{key_id}/party", status_code=204)
def complete_party(gateway: Gate, key_id: str, form: UnlockForm) -> None:
    """Say that everybody of the party is registered, signed over `lodgekey-party`; what waited is sent now."""
    service.complete_party(gateway, key_id, form)
