"""Routes for passkeys (WebAuthn level 2): registering them, and signing in by one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Anybody, Gate, Recent, caller, origin_of, ours
from api.framework.session_cookie import set_session_cookie
from api.services.account import passkeys as service
from api.services.account.passkeys import OptionsShown, PasskeyAnswer, PasskeyForm, PasskeyShown
from api.services.account.schemas import SignedIn
from api.services.account.sign_in import account_shown

router = APIRouter(route_class=CheckedRoute, tags=["passkeys"])


def host_of(gateway: Gate) -> str:
    """Return the relying party's id. Raises Conflict where there can be none."""
    return service.named_host(gateway)


Host = Annotated[str, Depends(host_of)]


@router.get("/passkeys")
def list_passkeys(gateway: Gate, account: Anybody) -> list[PasskeyShown]:
    """Return the account's own passkeys."""
    return service.list_passkeys(gateway, account)


@router.post("/passkeys/options")
def begin_passkey(gateway: Gate, account: Recent, host: Host) -> OptionsShown:
    """Begin the registration of a passkey for the account, which signed in within the last 15 minutes."""
    return service.begin_passkey(gateway, account, host)


@router.post("/passkeys", status_code=201)
def add_passkey(gateway: Gate, account: Anybody, host: Host, form: PasskeyForm) -> PasskeyShown:
    """Store the new passkey's public key. Refused unless it answers a current ceremony, with the user verified."""
    return service.add_passkey(gateway, account, host, form)


@router.delete("/passkeys/{passkey_id}", status_code=204)
def remove_passkey(gateway: Gate, account: Recent, passkey_id: str) -> None:
    """Delete one of the own passkeys of the account, which signed in within the last 15 minutes."""
    service.remove_passkey(gateway, account, passkey_id)


@router.post("/sessions/passkey/options", dependencies=[Depends(ours)])
def begin_sign_in(gateway: Gate, request: Request, host: Host) -> OptionsShown:
    """Begin a sign-in by passkey. No username is asked for, so the answer does not disclose which accounts exist."""
    return service.begin_sign_in(gateway, host, caller(request))


@router.post("/sessions/passkey", status_code=201, dependencies=[Depends(ours)])
def sign_in_by_passkey(
    gateway: Gate, request: Request, response: Response, host: Host, form: PasskeyAnswer
) -> SignedIn:
    """Sign in by passkey. Refused if it is unknown, not verified or copied (its counter fell back)."""
    account, token = service.sign_in_by_passkey(gateway, host, form, origin_of(request))
    set_session_cookie(gateway, request, response, token)
    return account_shown(account)
