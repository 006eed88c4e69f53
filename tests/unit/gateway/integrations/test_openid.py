"""Attacks on identity tokens, by name (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725); only valid tokens are accepted."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from gateway.domain.errors import SignOnNotEntitled, SignOnRefused, SignOnUnavailable
from gateway.integrations.openid import SingleSignOn, address_in
from gateway.settings import SingleSignOnSettings
from tests.parts.world import NOW

ISSUER: Final = "https://office.example"
KEY: Final = RSAKey.generate_key(2048, {"kid": "k1"})
OTHER: Final = RSAKey.generate_key(2048, {"kid": "k1"})
KEYS: Final[dict[str, Any]] = {"keys": [KEY.as_dict(private=False)]}
CLAIMS: Final[dict[str, Any]] = {
    "iss": ISSUER,
    "aud": "lodgekey",
    "sub": "u-1",
    "nonce": "n",
    "iat": NOW,
    "exp": NOW + 300,
}


def sign_on(**given: Any) -> SingleSignOn:
    """The configured provider."""
    settings = SingleSignOnSettings(issuer=ISSUER, client_id="lodgekey", client_secret_file=Path("/dev/null"), **given)
    return SingleSignOn(settings, "https://lodgekey.example", lambda: NOW)


def token(claims: dict[str, Any] | None = None, key: RSAKey = KEY, **header: Any) -> str:
    """A valid token of the provider by default."""
    reported = {"alg": "RS256", "kid": "k1"} | header
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jwt.encode(reported, CLAIMS | (claims or {}), key, registry=registry)


def refuse(id_token: str, keys: dict[str, Any] | None = None, **more: Any) -> None:
    """The token is refused."""
    with pytest.raises(SignOnRefused):
        sign_on().claims_of(id_token, keys or KEYS, "n", **more)


def test_a_token_of_the_issuer_for_us_now_is_believed() -> None:
    assert sign_on().claims_of(token(), KEYS, "n")["sub"] == "u-1"


def by_hand(header: dict[str, str], sign: Callable[[bytes], bytes]) -> str:
    """A compact JWS as an attacker builds it, without a library's checks."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, CLAIMS)]
    signature = urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def test_alg_none_is_refused() -> None:
    head, body, _ = token().split(".")
    for alg in ("none", "None", "NONE"):
        refuse(by_hand({"alg": alg, "kid": "k1"}, lambda _: b""))
    refuse(f"{head}.{body}.")


def test_hs256_with_the_public_key_as_secret_is_refused() -> None:
    for secret in (KEY.as_pem(private=False), KEY.as_der(private=False), json.dumps(KEYS["keys"][0]).encode()):
        refuse(by_hand({"alg": "HS256", "kid": "k1"}, partial(hmac_of, secret)))


def hmac_of(secret: bytes, signed: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(secret, signed, "sha256")


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c"])
def test_a_token_that_names_its_own_key_is_refused(name: str) -> None:
    value: Any = {"jwk": OTHER.as_dict(private=False), "x5c": ["MII="]}.get(name, "https://evil.example/keys")
    refuse(token(key=OTHER, **{name: value}))
    refuse(token(**{name: value}))  # even with a valid signature of the issuer


def test_a_key_that_is_not_the_issuers_is_refused() -> None:
    refuse(token(key=OTHER))


def test_an_algorithm_the_operator_did_not_choose_is_refused_even_where_the_provider_publishes_its_key() -> None:
    curve = ECKey.generate_key("P-256", {"kid": "k2"})
    signed = jwt.encode({"alg": "ES256", "kid": "k2"}, CLAIMS, curve)
    keys = {"keys": [*KEYS["keys"], curve.as_dict(private=False)]}
    refuse(signed, keys)
    assert sign_on(algorithm="ES256").claims_of(signed, keys, "n")["sub"] == "u-1"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["lodgekey", "another-client"]},  # several audiences and no authorized party
        {"azp": "another-client"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": NOW - 61},
        {"iat": NOW + 61},
        {"nbf": NOW + 61},
        {"exp": "soon"},
    ],
    ids=lambda claims: next(iter(claims.items())).__repr__()[:40],
)
def test_a_token_for_somebody_else_or_another_time_is_refused(claims: dict[str, Any]) -> None:
    refuse(token(claims))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_a_token_that_lacks_what_it_must_say_is_refused(name: str) -> None:
    lacking = {key: value for key, value in CLAIMS.items() if key != name}
    refuse(jwt.encode({"alg": "RS256", "kid": "k1"}, lacking, KEY))


def test_an_access_token_of_another_sign_in_is_refused() -> None:
    mine = create_half_hash("mine", "RS256")
    assert mine is not None
    signed = token({"at_hash": mine.decode()})
    assert sign_on().claims_of(signed, KEYS, "n", {"access_token": "mine"})
    refuse(signed, token={"access_token": "another's"})


@pytest.mark.parametrize("text", ["", "a.b.c", "....", "é.é.é", "x" * 5000])
def test_what_is_no_token_is_refused(text: str) -> None:
    refuse(text)


@pytest.mark.parametrize(
    ("claims", "area"),
    [
        ({"roles": ["lodgekey-officer"], "area": "370100"}, "370100"),
        ({"roles": "lodgekey-officer", "area": ["370100"]}, "370100"),
        ({"roles": ["lodgekey-officer"], "area": ""}, None),
        ({"roles": ["lodgekey-officer"], "area": "%"}, None),
        ({"roles": ["lodgekey-officer"], "area": ["370100", "440100"]}, None),
        ({"roles": ["lodgekey-officer"]}, None),
        ({"roles": ["lodgekey-officers"], "area": "370100"}, None),
        ({"roles": "not-lodgekey-officer", "area": "370100"}, None),
        ({"area": "370100"}, None),
    ],
)
def test_an_officer_is_who_has_the_role_and_one_area(claims: dict[str, Any], area: str | None) -> None:
    if area is None:
        with pytest.raises(SignOnNotEntitled):
            sign_on().officer_of(CLAIMS | claims)
    else:
        assert sign_on().officer_of(CLAIMS | claims).area == area


def test_areas_the_provider_calls_otherwise_are_mapped_and_others_are_none() -> None:
    mapped, roles = sign_on(areas={"district-7": "370100-07"}), {"roles": ["lodgekey-officer"]}
    assert mapped.officer_of(CLAIMS | roles | {"area": "district-7"}).area == "370100-07"
    with pytest.raises(SignOnNotEntitled):
        mapped.officer_of(CLAIMS | roles | {"area": "370100-07"})


@pytest.mark.parametrize(
    "url", ["", "http://office.example/token", "file:///etc/passwd", "https://a:b@office.example/"]
)
def test_an_address_of_the_provider_that_is_not_https_is_not_used(url: str) -> None:
    with pytest.raises(SignOnUnavailable):
        address_in({"token_endpoint": url}, "token_endpoint")


@pytest.mark.parametrize(
    ("claims", "entitled"),
    [
        ({"realm_access": {"roles": ["lodgekey-officer"]}}, True),
        ({"realm_access.roles": ["lodgekey-officer"]}, True),  # a claim whose own name has a point
        ({"realm_access": {"roles": ["other"]}}, False),
        ({"realm_access": ["lodgekey-officer"]}, False),
        ({"realm_access": None}, False),
        ({"realm_access": {"roles": 7}}, False),
        ({"roles": ["lodgekey-officer"]}, False),
    ],
)
def test_outside_32_the_role_is_found_by_the_path_of_its_claim(claims: dict[str, Any], entitled: bool) -> None:
    """ocis#7215: Keycloak's roles are in realm_access.roles."""
    keycloak = sign_on(role_claim="realm_access.roles", area_claim="where.area")
    given = CLAIMS | claims | {"where": {"area": "370100"}}
    if entitled:
        assert keycloak.officer_of(given).area == "370100"
    else:
        with pytest.raises(SignOnNotEntitled):
            keycloak.officer_of(given)
