"""Answers of the provider's endpoints over HTTP, and their result for the sign-in."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import encode_basic_auth, web
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.domain.errors import SignOnRefused, SignOnUnavailable
from gateway.integrations.openid import MAX_ANSWER_BYTES, SingleSignOn
from gateway.settings import SingleSignOnSettings
from tests.parts.world import NOW
from tests.unit.answering import answering

KEY: Final = RSAKey.generate_key(2048, {"kid": "k1"})
SECRET: Final = "s3cret: with a colon"
RETURN: Final = "https://lodgekey.example/login/officer/return"


@dataclass
class Provider:
    """A provider that answers correctly, except where `overrides` maps a path to another answer."""

    url: str = ""
    nonce: str = ""
    token: dict[str, Any] = field(default_factory=dict)
    overrides: dict[str, web.Response] = field(default_factory=dict)
    seen: dict[str, tuple[str | None, dict[str, str]]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.Response:
        """Record credentials and form, and answer."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.seen[request.path] = (request.headers.get("Authorization"), form)
        return self.overrides.get(request.path) or web.json_response(self.plain(request.path))

    def plain(self, path: str) -> dict[str, Any]:
        """The answer of a correct provider."""
        claims = {"iss": self.url, "aud": "lodgekey", "sub": "u-1", "nonce": self.nonce, "iat": NOW, "exp": NOW + 300}
        answers: dict[str, dict[str, Any]] = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize?tenant=7",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
            },
            "/token": {
                "access_token": "a-1",
                "token_type": "Bearer",
                "id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY),
            }
            | self.token,
            "/keys": {"keys": [KEY.as_dict(private=False)]},
            "/userinfo": {"sub": "u-1", "name": "Li Wei"},
        }
        return answers[path]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Provider, SingleSignOn]]:
    """A provider on loopback, and the gateway's client for it."""
    (folder / "secret").write_text(SECRET + "\n")
    provider = Provider()
    async with answering(provider.handle) as provider.url:
        settings = SingleSignOnSettings(issuer=provider.url, client_id="lodgekey", client_secret_file=folder / "secret")
        yield provider, SingleSignOn(settings, "https://lodgekey.example", lambda: NOW)


async def signed_in(provider: Provider, sign_on: SingleSignOn) -> dict[str, Any]:
    """One sign-in whose browser returned with the code c-1."""
    begun = await sign_on.begin()
    provider.nonce = begun.data["nonce"]
    return await sign_on.finish(begun.data, {"state": begun.data["state"], "code": "c-1"})


async def test_the_code_is_exchanged_with_the_secret_and_the_verifier_of_the_challenge(tmp_path: Path) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        begun = await sign_on.begin()
        provider.nonce = begun.data["nonce"]
        claims = await sign_on.finish(begun.data, {"state": begun.data["state"], "code": "c-1"})
    address, asked = urlsplit(begun.url), parse_qs(urlsplit(begun.url).query)
    assert (address.path, asked["tenant"], asked["scope"]) == ("/authorize", ["7"], ["openid profile"])
    hashed = urlsafe_b64encode(hashlib.sha256(begun.data["code_verifier"].encode()).digest())  # RFC 7636 §4.2
    assert asked["code_challenge"] == [hashed.rstrip(b"=").decode()]
    credentials, form = provider.seen["/token"]
    assert credentials == encode_basic_auth("lodgekey", SECRET)
    assert form == {
        "grant_type": "authorization_code",
        "code": "c-1",
        "redirect_uri": RETURN,
        "code_verifier": begun.data["code_verifier"],
    }
    assert [provider.seen[path][0] for path in ("/keys", "/userinfo")] == [None, "Bearer a-1"]
    assert (claims["sub"], claims["name"]) == ("u-1", "Li Wei")


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None, "{url}/", "{url}/realm"])
async def test_metadata_of_another_issuer_is_not_used(tmp_path: Path, issuer: str | None) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        path = "/.well-known/openid-configuration"
        named = issuer and issuer.format(url=provider.url)
        provider.overrides[path] = web.json_response(provider.plain(path) | {"issuer": named})
        with pytest.raises(SignOnUnavailable):
            await sign_on.begin()


@pytest.mark.parametrize("status", [400, 401])
async def test_a_code_or_a_client_that_the_provider_refuses_is_refused_here(tmp_path: Path, status: int) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        provider.overrides["/token"] = web.json_response({"error": "invalid_grant"}, status=status)
        with pytest.raises(SignOnRefused):
            await signed_in(provider, sign_on)


ENDPOINTS: Final = ("/.well-known/openid-configuration", "/token", "/keys", "/userinfo")
UNUSABLE: Final = {
    "a fault": lambda: web.json_response({}, status=500),
    "asks for patience": lambda: web.Response(status=429),
    "a redirect": lambda: web.Response(status=307, headers={"Location": "https://elsewhere.example/"}),
    "not JSON": lambda: web.Response(text="<html>"),
    "no object": lambda: web.json_response(["a list"]),
    "endless": lambda: web.json_response({"padding": "x" * MAX_ANSWER_BYTES}),
}


@pytest.mark.parametrize("what", UNUSABLE)
@pytest.mark.parametrize("path", ENDPOINTS)
async def test_an_endpoint_without_a_usable_answer_is_a_provider_that_is_away(
    tmp_path: Path, path: str, what: str
) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        provider.overrides[path] = UNUSABLE[what]()
        with pytest.raises(SignOnUnavailable):
            await signed_in(provider, sign_on)


@pytest.mark.parametrize("token", [{"token_type": "DPoP"}, {"access_token": "a\r\nX-More: 1"}])
async def test_an_access_token_that_no_header_can_carry_is_not_sent(tmp_path: Path, token: dict[str, str]) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        provider.token = token
        with pytest.raises(SignOnUnavailable):
            await signed_in(provider, sign_on)
        assert "/userinfo" not in provider.seen


async def test_userinfo_of_somebody_else_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as (provider, sign_on):
        provider.overrides["/userinfo"] = web.json_response({"sub": "u-2"})
        with pytest.raises(SignOnRefused):
            await signed_in(provider, sign_on)
