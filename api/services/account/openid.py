"""Sign-in of officers at their own OpenID provider."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from api.services.account.attempts import note_refused
from api.services.account.sign_in import Method, admit
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import NotFound, SignOnNotEntitled, SignOnRefused
from gateway.integrations.openid import Begun, KnownOfficer, SingleSignOn
from gateway.journey.accounts.sign_in import (
    admit_officer,
    begin_ceremony,
    end_sessions,
    officer_known,
    take_ceremony,
)
from gateway.texts.marks import N_

KIND: Final = "single_sign_on"
METHOD: Final[Method] = "single_sign_on"


class SignOnBegun(NamedTuple):
    """Where the browser goes next (`url`), and the name under which the values to check its return are kept."""

    url: str
    ceremony: str


def provider_of(gateway: Gateway) -> SingleSignOn:
    """Return the officers' provider. Raises NotFound where none is configured."""
    if gateway.single_sign_on is None:
        raise NotFound(N_("Single sign-on is not set up here. Use your username and password."))
    return gateway.single_sign_on


async def begin_sign_on(gateway: Gateway, caller: str, asked: str) -> SignOnBegun:
    """Begin a sign-in; `caller` is the address the request came from, `asked` the page to go to afterwards.

    Raises NotFound, TooManyAttempts, or SignOnUnavailable where the provider cannot be reached.
    """
    provider = provider_of(gateway)
    gateway.attempts.hit("sign_on", caller)
    begun = await provider.begin()
    return SignOnBegun(begun.url, await asyncio.to_thread(_begin_ceremony, gateway, begun, asked))


async def finish_sign_on(
    gateway: Gateway, ceremony: str, parameters: dict[str, str], origin: Origin
) -> tuple[str, str]:
    """Check what the browser brought back; return the token of the officer's new session, and the page to go to.

    `parameters` is the query of the return address. Raises NotFound, TooManyAttempts, SignOnRefused, SignOnNotEntitled
    or SignOnUnavailable. A ceremony can be finished once.
    """
    provider = provider_of(gateway)
    gateway.attempts.hit("sign_on", origin.address)
    data = await asyncio.to_thread(_take_ceremony, gateway, ceremony)
    if data is None:
        raise SignOnRefused(N_("The sign-in took too long or was started in another browser. Start again."))
    try:
        claims = await provider.finish(data, parameters)
        known = await asyncio.to_thread(officer_for, gateway, provider, claims, origin)
        return await asyncio.to_thread(_admit, gateway, known, origin), str(data["asked"])
    except SignOnRefused:
        await asyncio.to_thread(note_refused, gateway, origin, METHOD, "refused", None)
        raise


def _begin_ceremony(gateway: Gateway, begun: Begun, asked: str) -> str:
    with gateway.database.writing() as session:
        return begin_ceremony(session, KIND, begun.data | {"asked": asked}, gateway.now())


def _take_ceremony(gateway: Gateway, name: str) -> Mapping[str, Any] | None:
    with gateway.database.writing() as session:
        return take_ceremony(session, KIND, name, gateway.now())


def officer_for(gateway: Gateway, provider: SingleSignOn, claims: dict[str, Any], origin: Origin) -> KnownOfficer:
    """Return the officer whom the claims name.

    Raises SignOnNotEntitled for a person who is not an officer, after ending the sessions of one who was.
    """
    try:
        return provider.officer_of(claims)
    except SignOnNotEntitled:
        with gateway.database.writing() as session:
            account = officer_known(session, str(claims["iss"]), str(claims["sub"]))
            if account is not None:
                end_sessions(session, account.id)
        note_refused(gateway, origin, METHOD, "refused", account.id if account else None)
        raise


def _admit(gateway: Gateway, known: KnownOfficer, origin: Origin) -> str:
    with gateway.database.writing(essential=True) as session:
        account = admit_officer(session, known.issuer, known.subject, known.name, known.area, gateway.now())
        return admit(gateway, session, account, origin, METHOD)
