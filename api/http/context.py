"""Who is asking: the gateway behind a request, the signed-in account, the tenant's offer. Deny by default."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import Depends, Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select

from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import Right, may
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import NotAllowed, OfferUnknown, SignInNeeded, TooManyAttempts
from gateway.domain.stays.offer import offer_of
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

SESSION_COOKIE: Final = "lodgekey_session"
OFFER_COOKIE: Final = "lodgekey_offer"
SAFE: Final = ("GET", "HEAD", "OPTIONS")
RATES: Final = {
    "sign_in": parse("10/5minutes"),
    "sign_on": parse("30/5minutes"),
    "password": parse("5/10minutes"),
    "passkey": parse("30/5minutes"),
    "offer": parse("60/minute"),
    "verification": parse("10/10minutes"),
    "feed": parse("60/minute"),
    "date_request": parse("6/hour"),
    "once_code": parse("12/hour"),
    "door": parse("60/minute"),
    "log": parse("30/minute"),
    "enrolment": parse("10/minute"),
}

_hasher = PasswordHasher()
_limiter = MovingWindowRateLimiter(MemoryStorage())


def gateway_of(request: Request) -> Gateway:
    """The gateway that serves this request."""
    gateway: Gateway = request.app.state.gateway
    return gateway


Gate = Annotated[Gateway, Depends(gateway_of)]


def hash_password(password: str) -> str:
    """An Argon2id hash (RFC 9106) of a password."""
    return _hasher.hash(password)


# a hash that no password has, as dear to try as a real one; made up, so that a start needs not compute one
_NOBODY: Final = "$argon2id$v=19$m={0.memory_cost},t={0.time_cost},p={0.parallelism}${1}${2}".format(
    _hasher, *(b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
)


def password_fits(account: Account | None, password: str) -> bool:
    """True where the password is the account's; takes as long where there is no such account."""
    try:
        _hasher.verify((account.password_hash if account else "") or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return account is not None and bool(account.password_hash) and account.ended_at is None


def limit_rate(what: str, who: str) -> None:
    """TooManyAttempts where `who` did `what` too often. In memory, per process."""
    _hit(RATES[what], what, who)


def limit_unlocks(gateway: Gateway, key_id: str) -> None:
    """TooManyAttempts where one key asks for more unlocks a minute than the settings allow."""
    _hit(parse(f"{gateway.settings.unlocks_per_minute}/minute"), "unlock", key_id)


def _hit(rate: RateLimitItem, what: str, who: str) -> None:
    if not _limiter.hit(rate, what, who):
        raise TooManyAttempts(N_("Too many attempts. Wait a few minutes and try again."), retry_after=60)


def caller(request: Request) -> str:
    """The address a request came from."""
    return request.client.host if request.client else "unknown"


def check_origin(request: Request) -> None:
    """NotAllowed for a changing request that another site had the browser make."""
    if request.method in SAFE:
        return
    origin = request.headers.get("origin")
    elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    if elsewhere or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise NotAllowed(N_("This request came from another website and was not carried out."))


def account_of(request: Request, gateway: Gate) -> Account:
    """The signed-in account. SignInNeeded without a session that is still good."""
    account = signed_in(gateway, request.cookies.get(SESSION_COOKIE, ""))
    if account is None:
        raise SignInNeeded(N_("Sign in first."))
    check_origin(request)
    return account


def signed_in(gateway: Gateway, token: str) -> Account | None:
    """Whose session this is; None where there is none, or where it or its account has ended."""
    query = select(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.expires_at > gateway.now())
    with gateway.database.reading() as session:
        sign_in = session.scalars(query).one_or_none() if token else None
    return None if sign_in is None or sign_in.account.ended_at is not None else sign_in.account


def while_signed_in(request: Request, gateway: Gateway) -> Callable[[], bool]:
    """Whether the session this request came with still lasts, to be asked again for as long as an answer streams."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return lambda: signed_in(gateway, token) is not None


def only(*roles: str) -> Callable[[Account], Account]:
    """A dependency that lets these roles pass."""

    def allowed(account: Annotated[Account, Depends(account_of)]) -> Account:
        if account.role not in roles:
            raise NotAllowed(N_("Your account does not have permission to do this."))
        return account

    return allowed


def require(account: Account, right: Right) -> None:
    """NotAllowed for staff of a landlord's whose role does not carry the right."""
    if not may(account.staff, right):
        raise NotAllowed(N_("Your account does not have permission to do this. Ask an owner."))


def landlord_id_of(request: Request, account: Annotated[Account, Depends(only("landlord"))]) -> str:
    """The landlord the account acts for; who may only look changes nothing."""
    if account.landlord_id is None:
        raise NotAllowed(N_("Your account does not belong to a landlord."))
    require(account, "see" if request.method in SAFE else "act")
    return account.landlord_id


def owner_of(account: Annotated[Account, Depends(only("landlord"))]) -> Account:
    """An owner among a landlord's staff."""
    require(account, "own")
    return account


def decider_of(account: Annotated[Account, Depends(only("officer", "landlord"))]) -> Account:
    """An officer, or staff of a landlord's who may see who a tenant is."""
    if account.role == "landlord":
        require(account, "decide")
    return account


def offer_token_of(request: Request, gateway: Gate) -> str:
    """The tenant's capability: the offer's token, in a cookie set by the link or in the Authorization header."""
    check_origin(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    shown = token.strip() if scheme.lower() == "offer" else request.cookies.get(OFFER_COOKIE)
    if not shown:
        raise OfferUnknown(N_("Open the link or scan the QR code from your landlord."))
    try:
        offer_of(shown, gateway.keyring.offer_secret)
    except OfferUnknown:
        limit_rate("offer", caller(request))
        raise
    if request.method not in SAFE:
        limit_rate("door", shown[:22])
    return shown


LandlordId = Annotated[str, Depends(landlord_id_of)]
Officer = Annotated[Account, Depends(only("officer"))]
Tester = Annotated[Account, Depends(only("tester"))]
Anybody = Annotated[Account, Depends(account_of)]
Owner = Annotated[Account, Depends(owner_of)]
Decider = Annotated[Account, Depends(decider_of)]
OfferToken = Annotated[str, Depends(offer_token_of)]
