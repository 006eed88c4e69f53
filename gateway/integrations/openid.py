"""Sign-in of officers at their OpenID provider (OpenID Connect Core 1.0): authorization code, PKCE, state, nonce.

The identity token is accepted for one algorithm, set by the operator, and for keys published by the issuer only.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.domain.errors import SignOnNotEntitled, SignOnRefused, SignOnUnavailable
from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import BadAddress, Client, LostAnswer, Reply, checked_address, open_client
from gateway.settings import SingleSignOnSettings
from gateway.texts.marks import N_

PROVIDER_TIMEOUT_SECONDS: Final = 10  # timeout of each request to the provider
LEEWAY: Final = 60  # tolerated clock difference with the provider, in seconds
MAX_ANSWER_BYTES: Final = 1 << 18
AREA: Final = re.compile(r"[A-Za-z0-9._-]{1,36}")
KEYS_IN_TOKEN: Final = frozenset({"jku", "jwk", "x5u", "x5c"})
SIGN_IN_REFUSED: Final = N_("The sign-in could not be confirmed. Start again.")
NO_ANSWER: Final = N_("The sign-in provider is not responding. Try again later.")


@dataclass(frozen=True, slots=True)
class Begun:
    """A started sign-in: the provider's address for the browser, and the values its response is checked against."""

    url: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class KnownOfficer:
    """An officer as identified by the provider, entitled here to one area."""

    issuer: str
    subject: str
    name: str
    area: str


class SingleSignOn:
    """One OpenID provider. Discovery and keys are read at each sign-in, so they are always current."""

    def __init__(self, settings: SingleSignOnSettings, address: str, now: Callable[[], int]) -> None:
        self._settings, self._now = settings, now
        self._issuer = checked_address(settings.issuer)
        self._return_to = f"{address}/login/officer/return"

    async def begin(self) -> Begun:
        """Start a sign-in. Raises SignOnUnavailable where the provider does not answer."""
        data = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "code_verifier")}
        async with self._client() as client:
            found = await self._discover(client)
        url = prepare_grant_uri(
            address_in(found, "authorization_endpoint"),
            self._settings.client_id,
            "code",
            self._return_to,
            self._settings.scopes,
            data["state"],
            nonce=data["nonce"],
            code_challenge=create_s256_code_challenge(data["code_verifier"]),  # type: ignore[no-untyped-call]
            code_challenge_method="S256",
        )
        return Begun(url, data)

    async def finish(self, data: Mapping[str, str], answer: Mapping[str, str]) -> dict[str, Any]:
        """Complete a sign-in. Raises SignOnRefused where the response does not match the start."""
        code = answer.get("code", "")
        fits = secrets.compare_digest(answer.get("state", "").encode(), data["state"].encode())
        if not fits or not code or answer.get("iss", self._settings.issuer) != self._settings.issuer:  # RFC 9207 §2.4
            raise SignOnRefused(SIGN_IN_REFUSED)
        async with self._client() as client:
            found = await self._discover(client)
            token = await self._exchange(client, found, code, data["code_verifier"])
            keys = await _get(client, address_in(found, "jwks_uri"))
            claims = self.claims_of(str(token.get("id_token", "")), keys, data["nonce"], token)
            userinfo = await _userinfo(client, found, token) if "userinfo_endpoint" in found else {}
        if userinfo and userinfo.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0 §5.3.2
            raise SignOnRefused(SIGN_IN_REFUSED)
        return userinfo | claims

    def claims_of(
        self, id_token: str, keys: Mapping[str, Any], nonce: str, token: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The verified claims of an identity token (OpenID Connect Core 1.0 §3.1.3.7). Raises SignOnRefused."""
        try:
            header = jws.extract_compact(id_token.encode()).headers()
            if KEYS_IN_TOKEN & header.keys():
                raise SignOnRefused(SIGN_IN_REFUSED)  # keys named by the token itself are not accepted
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
        """The officer these claims identify. Raises SignOnNotEntitled without the role or exactly one area."""
        given = self._settings
        roles = _value_at(claims, given.role_claim)
        areas = _value_at(claims, given.area_claim)
        named = [areas] if isinstance(areas, str) else list(areas) if isinstance(areas, list) else []
        area = given.areas.get(str(named[0]), "" if given.areas else str(named[0])) if len(named) == 1 else ""
        held = roles if isinstance(roles, list | dict) else [roles]  # a mapping has a key for each role
        if given.officer_role not in held or not AREA.fullmatch(area):
            raise SignOnNotEntitled(N_("Your account at the sign-in provider is not assigned to an area here."))
        name = str(claims.get("name") or claims.get("preferred_username") or "Officer")[:200]
        return KnownOfficer(given.issuer, str(claims["sub"])[:400], name, area)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        """The connections of one sign-in; they trust the operator's own authority where one is set."""
        ca_file = str(self._settings.ca_file or "")
        client = await asyncio.to_thread(open_client, ca_file=ca_file, timeout_s=PROVIDER_TIMEOUT_SECONDS)
        try:
            yield client
        finally:
            await client.close()

    async def _discover(self, client: Client) -> dict[str, Any]:
        """The provider's metadata (OpenID Connect Discovery 1.0 §4). Raises SignOnUnavailable."""
        found = await _get(client, f"{self._issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self._settings.issuer:
            raise SignOnUnavailable(
                N_("The sign-in provider's issuer does not match the settings. Contact the system administrator.")
            )
        return found

    async def _exchange(self, client: Client, found: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        """Exchange the code (RFC 6749 §4.1.3, RFC 7636 §4.5). Raises SignOnRefused where the provider refuses it."""
        given = self._settings
        secret = given.client_secret_file.read_text(encoding="utf-8").strip()
        form = prepare_token_request(
            "authorization_code", redirect_uri=self._return_to, code=code, code_verifier=verifier
        )
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        url = address_in(found, "token_endpoint")
        url, headers, form = ClientAuth(given.client_id, secret).prepare("POST", url, headers, form)  # type: ignore[no-untyped-call]
        reply = await _send(client, "POST", url, content=form.encode(), headers=headers)
        token = _object_in(reply) if reply.status < 300 or 400 <= reply.status < 500 else None
        if token is None:
            raise SignOnUnavailable(NO_ANSWER)
        if "error" in token:
            raise SignOnRefused(SIGN_IN_REFUSED)
        return token


async def _userinfo(client: Client, found: Mapping[str, Any], token: Mapping[str, Any]) -> dict[str, Any]:
    """The userinfo response (OpenID Connect Core 1.0 §5.3), with the bearer token of RFC 6750 §2.1."""
    if str(token.get("token_type", "bearer")).lower() != "bearer" or "access_token" not in token:
        raise SignOnUnavailable(NO_ANSWER)
    url = address_in(found, "userinfo_endpoint")
    return await _get(client, url, {"Authorization": f"Bearer {token['access_token']}"})


async def _get(client: Client, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    reply = await _send(client, "GET", url, headers=headers)
    found = _object_in(reply) if 200 <= reply.status < 300 else None
    if found is None:
        raise SignOnUnavailable(NO_ANSWER)
    return found


async def _send(
    client: Client, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    try:
        return await client.send(method, url, content=content, headers=headers, limit=MAX_ANSWER_BYTES)
    except (RegistryUnreachable, LostAnswer, ValueError):  # ValueError: address or token invalid in HTTP
        raise SignOnUnavailable(NO_ANSWER) from None


def _object_in(reply: Reply) -> dict[str, Any] | None:
    try:
        found = json.loads(reply.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def address_in(found: Mapping[str, Any], name: str) -> str:
    """An endpoint of the provider. Raises SignOnUnavailable unless it is https (or loopback)."""
    url = str(found.get(name, ""))
    try:
        checked_address(url.partition("?")[0])
    except BadAddress:
        raise SignOnUnavailable(
            N_("The sign-in provider's {name} is not an https address. Contact the system administrator."),
            {"name": name},
        ) from None
    return url


def _value_at(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name, else the value that the name leads to, as in realm_access.roles; None if it is absent."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
