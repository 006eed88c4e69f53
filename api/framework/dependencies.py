"""Dependencies of routes: the gateway, the account that is signed in, the tenant's offer. Denies by default."""

from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request, Security
from fastapi.security.http import HTTPAuthorizationCredentials, HTTPBase

from api.framework.cookies import CookieOfScheme, read_cookie
from api.framework.session_cookie import SESSION_COOKIE, session_token_of
from api.services.access import require, session_of, signed_in
from api.services.account.readiness import require_own_password, require_ready, require_recent
from api.services.tenant.shared_phone import registering_token
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import NotAllowed, OfferUnknown, SignInNeeded
from gateway.domain.stays.offer import offer_of
from gateway.outbound.http import is_loopback
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

OFFER_COOKIE: Final = "lodgekey_offer"
COMPANION_COOKIE: Final = "lodgekey_companion"  # of an adult who registers on another tenant's phone
OVER_HTTPS: Final = "; over HTTPS its name begins with __Host-"
SAFE: Final = ("GET", "HEAD", "OPTIONS")

# What a caller shows, as the API's description names it; `auto_error` off, because the refusals are ours.
SessionToken = Annotated[
    str | None,
    Security(
        CookieOfScheme(
            name=SESSION_COOKIE,
            scheme_name="session",
            description=f"Set by signing in{OVER_HTTPS}",
            auto_error=False,
        )
    ),
]
LinkToken = Annotated[
    str | None,
    Security(
        CookieOfScheme(
            name=OFFER_COOKIE,
            scheme_name="link",
            description=f"Set by an offer's link{OVER_HTTPS}",
            auto_error=False,
        )
    ),
]
ShownOffer = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBase(scheme="offer", scheme_name="offer", description="An offer's token", auto_error=False)),
]


def gateway_of(request: Request) -> Gateway:
    """Return the gateway that serves this request."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def _gate(request: Request) -> Gateway:
    return gateway_of(request)  # on the event loop: a door's request must not wait for one of the pages' threads


Gate = Annotated[Gateway, Depends(_gate)]


def caller(request: Request) -> str:
    """Return the IP address a request came from."""
    return request.client.host if request.client else "unknown"


def origin_of(request: Request) -> Origin:
    """Return where a sign-in comes from."""
    return Origin(caller(request), request.headers.get("user-agent", ""))


def is_use(request: Request) -> bool:
    """Whether a person, or a program, asks: what a page's scripts ask for by themselves keeps no session open.

    Browsers say what a request is for (W3C Fetch Metadata); programs do not.
    """
    return request.method not in SAFE or request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def check_origin(request: Request) -> None:
    """Raise NotAllowed for a changing request that the browser made for another site (CSRF)."""
    if request.method in SAFE:
        return
    origin = request.headers.get("origin")
    elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    if elsewhere or (origin is not None and not _is_our_own(origin, request)):
        raise NotAllowed(N_("This request came from another website and was not carried out."))


async def ours(request: Request) -> None:
    """As check_origin, for a dependency: it needs no thread."""
    check_origin(request)


def _is_our_own(origin: str, request: Request) -> bool:
    """Whether a browser made the request for one of our pages.

    The public address counts whatever Host a proxy passes on. Without one, the Host does. With one, the Host counts
    for loopback addresses only: another name that was made to resolve to this machine would match itself.
    """
    settings, host = gateway_of(request).settings, urlsplit(origin).netloc
    if origin == settings.origin:
        return True
    same = host != "" and host == request.headers.get("host")
    return same and (not settings.public_url or is_loopback(urlsplit(origin).hostname or ""))


def sign_in_of(request: Request, gateway: Gate, token: SessionToken) -> SignIn:
    """Return the session of the request, whatever its account still has to do. Raises SignInNeeded, or NotAllowed."""
    sign_in = session_of(gateway, token or "", used=is_use(request))
    if sign_in is None:
        raise SignInNeeded(N_("Sign in first."))
    check_origin(request)
    return sign_in


def account_of(request: Request, gateway: Gate, token: SessionToken) -> Account:
    """Return the account that is signed in.

    Raises SignInNeeded, PasswordChangeNeeded with a first password, SecondFactorMissing, or NotAllowed for another
    site's request.
    """
    sign_in = sign_in_of(request, gateway, token)
    require_ready(gateway, sign_in)
    return sign_in.account


def enrolling_of(sign_in: Annotated[SignIn, Depends(sign_in_of)]) -> Account:
    """Return the account that is signed in, also where it must have a second factor and has none yet."""
    require_own_password(sign_in.account)
    return sign_in.account


def recent_of(request: Request, gateway: Gate, token: SessionToken) -> Account:
    """Return the account that signed in within the last minutes. Raises SignInAgain, or as account_of."""
    account = account_of(request, gateway, token)
    require_recent(gateway, sign_in_of(request, gateway, token))
    return account


def recently_enrolling_of(gateway: Gate, sign_in: Annotated[SignIn, Depends(sign_in_of)]) -> Account:
    """As enrolling_of, within the last minutes. Raises SignInAgain."""
    account = enrolling_of(sign_in)
    require_recent(gateway, sign_in)
    return account


def while_signed_in(request: Request, gateway: Gateway) -> Callable[[], bool]:
    """Return a function that says whether this request's session is still valid, to check while an answer streams."""
    token = session_token_of(request)
    return lambda: signed_in(gateway, token) is not None


def only(*roles: str) -> Callable[[Account], Account]:
    """Return a dependency that admits accounts of these roles and raises NotAllowed for others."""

    def allowed(account: Annotated[Account, Depends(account_of)]) -> Account:
        if account.role not in roles:
            raise NotAllowed(N_("Your account does not have permission to do this."))
        return account

    return allowed


def landlord_id_of(request: Request, account: Annotated[Account, Depends(only("landlord"))]) -> str:
    """Return the id of the landlord the account acts for.

    Raises NotAllowed where its role may not read or, for a changing request, act.
    """
    if account.landlord_id is None:
        raise NotAllowed(N_("Your account does not belong to a landlord."))
    require(account, "see" if request.method in SAFE else "act")
    return account.landlord_id


def owner_of(account: Annotated[Account, Depends(only("landlord"))]) -> Account:
    """Return the account if it is an owner among a landlord's staff. Raises NotAllowed."""
    require(account, "own")
    return account


def subscriber_of(account: Annotated[Account, Depends(only("officer", "landlord"))]) -> Account:
    """Return the account of an officer, or of an owner among a landlord's staff. Raises NotAllowed."""
    if account.role == "landlord":
        require(account, "own")
    return account


def decider_of(account: Annotated[Account, Depends(only("officer", "landlord"))]) -> Account:
    """Return an officer's account, or one of a landlord's staff that may see a tenant's identity. Raises NotAllowed."""
    if account.role == "landlord":
        require(account, "decide")
    return account


def offer_token_of(request: Request, gateway: Gate, link: LinkToken, given: ShownOffer) -> str:
    """Return the offer's token, which is the tenant's capability, from the link's cookie or the Authorization header.

    Raises OfferUnknown, TooManyAttempts, or NotAllowed (check_origin).
    """
    shown = given.credentials.strip() if given and given.scheme.lower() == "offer" else link
    absent = N_("Open the link or scan the QR code from your landlord.")
    return _token_shown(request, gateway, shown, absent, _own_token)


def companion_token_of(request: Request, gateway: Gate) -> str:
    """Return the token of the offer of the adult who registers on this phone, from the cookie of its own.

    Raises OfferUnknown, OfferExpired, TooManyAttempts, or NotAllowed (check_origin).
    """
    shown = read_cookie(request, COMPANION_COOKIE)
    absent = N_("Nobody else is registering on this phone. Begin on the page of your key.")
    return _token_shown(request, gateway, shown, absent, registering_token)


def _own_token(gateway: Gateway, token: str) -> str:
    offer_of(token, gateway.keyring.offer_secret)
    return token


def _token_shown(
    request: Request, gateway: Gateway, shown: str | None, absent: str, resolve: Callable[[Gateway, str], str]
) -> str:
    """Return the offer's token that `resolve` finds for what was shown. Guesses and changes count as attempts.

    Raises OfferUnknown, saying `absent` if nothing was shown, or what `resolve` raises, TooManyAttempts, NotAllowed.
    """
    check_origin(request)
    if not shown:
        raise OfferUnknown(absent)
    try:
        token = resolve(gateway, shown)
    except OfferUnknown:
        gateway.attempts.hit("offer", caller(request))
        raise
    if request.method not in SAFE:
        gateway.attempts.hit("onboarding", token[:22])
    return token


LandlordId = Annotated[str, Depends(landlord_id_of)]
Officer = Annotated[Account, Depends(only("officer"))]
Tester = Annotated[Account, Depends(only("tester"))]
Anybody = Annotated[Account, Depends(account_of)]
Newcomer = Annotated[SignIn, Depends(sign_in_of)]
Enrolling = Annotated[Account, Depends(enrolling_of)]
Recent = Annotated[Account, Depends(recent_of)]
RecentlyEnrolling = Annotated[Account, Depends(recently_enrolling_of)]
Owner = Annotated[Account, Depends(owner_of)]
Subscriber = Annotated[Account, Depends(subscriber_of)]
Decider = Annotated[Account, Depends(decider_of)]
OfferToken = Annotated[str, Depends(offer_token_of)]
CompanionToken = Annotated[str, Depends(companion_token_of)]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200, description="A name for this one request")]
