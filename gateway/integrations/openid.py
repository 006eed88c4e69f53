"""Officers sign in at their own OpenID provider (OpenID Connect Core 1.0): authorization code, PKCE, state and nonce.

The identity token is believed for one algorithm, fixed by the operator, and for keys the issuer publishes itself.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from gateway.domain.errors import SignOnAway, SignOnNotEntitled, SignOnRefused
from gateway.outbound.http import BadAddress, checked_address
from gateway.settings import SingleSignOnSettings

PROVIDER_TIMEOUT_SECONDS: Final = 10  # seconds for each question to the provider
LEEWAY: Final = 60  # seconds that the provider's clock may be off
MAX_ANSWER_BYTES: Final = 1 << 18
AREA: Final = re.compile(r"[A-Za-z0-9._-]{1,36}")
KEYS_IN_TOKEN: Final = frozenset({"jku", "jwk", "x5u", "x5c"})
SIGN_IN_REFUSED: Final = "The sign-in could not be confirmed. Please begin again."


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what the answer is checked against."""

    url: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class KnownOfficer:
    """Who the provider says it is, entitled here to one area."""

    issuer: str
    subject: str
    name: str
    area: str


class SingleSignOn:
    """One OpenID provider, asked anew at each sign-in, so that its keys and addresses are its present ones."""

    def __init__(self, settings: SingleSignOnSettings, address: str, now: Callable[[], int]) -> None:
        self._settings, self._now = settings, now
        self._issuer = checked_address(settings.issuer)
        self._return_to = f"{address}/login/officer/return"

    def begin(self) -> Begun:
        """A sign-in to send a browser to. SignOnAway where the provider does not answer."""
        data = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "code_verifier")}
        with self._session() as session:
            found = self._discover(session)
            url, _ = session.create_authorization_url(address_in(found, "authorization_endpoint"), **data)
        return Begun(url, data)

    def finish(self, data: Mapping[str, str], answer: Mapping[str, str]) -> dict[str, Any]:
        """What the provider says of whoever signed in. SignOnRefused where its answer does not fit what was begun."""
        code = answer.get("code", "")
        fits = secrets.compare_digest(answer.get("state", "").encode(), data["state"].encode())
        if not fits or not code or answer.get("iss", self._settings.issuer) != self._settings.issuer:  # RFC 9207 §2.4
            raise SignOnRefused(SIGN_IN_REFUSED)
        with self._session() as session:
            found = self._discover(session)
            token = self._exchange(session, found, code, data["code_verifier"])
            keys = self._get(session, address_in(found, "jwks_uri"))
            claims = self.claims_of(str(token.get("id_token", "")), keys, data["nonce"], token)
            userinfo = self._userinfo(session, found) if "userinfo_endpoint" in found else {}
        if userinfo and userinfo.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0 §5.3.2
            raise SignOnRefused(SIGN_IN_REFUSED)
        return userinfo | claims

    def claims_of(
        self, id_token: str, keys: Mapping[str, Any], nonce: str, token: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The claims of an identity token (OpenID Connect Core 1.0 §3.1.3.7). SignOnRefused unless all of it holds."""
        try:
            header = jws.extract_compact(id_token.encode()).headers()
            if KEYS_IN_TOKEN & header.keys():
                raise SignOnRefused(SIGN_IN_REFUSED)  # a token names no key of its own
            decoded = jwt.decode(id_token, KeySet.import_key_set(dict(keys)), algorithms=[self._settings.algorithm])  # type: ignore[arg-type]
            wanted: Any = {"iss": {"values": [self._settings.issuer]}, "aud": {"values": [self._settings.client_id]}}
            params = {"nonce": nonce, "client_id": self._settings.client_id}
            params |= {"access_token": token["access_token"]} if token and "access_token" in token else {}
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, params)
            claims.validate(now=self._now(), leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError):
            raise SignOnRefused(SIGN_IN_REFUSED) from None
        return dict(decoded.claims)

    def officer_of(self, claims: Mapping[str, Any]) -> KnownOfficer:
        """The officer these claims make somebody. SignOnNotEntitled without the role, or without exactly one area."""
        given = self._settings
        roles = claims.get(given.role_claim, ())
        areas = claims.get(given.area_claim, ())
        named = [areas] if isinstance(areas, str) else list(areas) if isinstance(areas, list) else []
        area = given.areas.get(str(named[0]), "" if given.areas else str(named[0])) if len(named) == 1 else ""
        if given.officer_role not in ([roles] if isinstance(roles, str) else roles) or not AREA.fullmatch(area):
            raise SignOnNotEntitled("Your account at the provider is not an officer of an area here.")
        name = str(claims.get("name") or claims.get("preferred_username") or "Officer")[:200]
        return KnownOfficer(given.issuer, str(claims["sub"])[:400], name, area)

    def _session(self) -> OAuth2Session:
        given = self._settings
        session = OAuth2Session(
            given.client_id,
            given.client_secret_file.read_text(encoding="utf-8").strip(),
            scope=given.scopes,
            redirect_uri=self._return_to,
            code_challenge_method="S256",
            default_timeout=PROVIDER_TIMEOUT_SECONDS,
        )
        session.trust_env, session.max_redirects = False, 0
        if given.ca_file:
            session.verify = str(given.ca_file)
        return session

    def _discover(self, session: OAuth2Session) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0 §4."""
        found = self._get(session, f"{self._issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self._settings.issuer:
            raise SignOnAway("The provider calls itself otherwise than it was set up. Please tell the operator.")
        return found

    def _exchange(self, session: OAuth2Session, found: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        try:
            return dict(session.fetch_token(address_in(found, "token_endpoint"), code=code, code_verifier=verifier))
        except AuthlibBaseError:
            raise SignOnRefused(SIGN_IN_REFUSED) from None
        except (RequestException, ValueError):
            raise SignOnAway("The provider does not answer. Please try again in a moment.") from None

    def _userinfo(self, session: OAuth2Session, found: Mapping[str, Any]) -> dict[str, Any]:
        return self._get(session, address_in(found, "userinfo_endpoint"), withhold_token=False)

    def _get(self, session: OAuth2Session, url: str, *, withhold_token: bool = True) -> dict[str, Any]:
        try:
            # `request`, because only it knows of the token
            answer = session.request("GET", url, withhold_token=withhold_token, allow_redirects=False)
            body = answer.json() if answer.ok and len(answer.content) <= MAX_ANSWER_BYTES else None
        except (RequestException, ValueError, AuthlibBaseError):
            body = None
        if not isinstance(body, dict):
            raise SignOnAway("The provider does not answer. Please try again in a moment.")
        return body


def address_in(found: Mapping[str, Any], name: str) -> str:
    """One of the provider's addresses. SignOnAway for one that is not https (or loopback)."""
    url = str(found.get(name, ""))
    try:
        checked_address(url.partition("?")[0])
    except BadAddress:
        raise SignOnAway(f"The provider's {name} is not an https address. Please tell the operator.") from None
    return url
