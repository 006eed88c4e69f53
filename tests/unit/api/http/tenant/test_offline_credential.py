"""The credential for a nearby lock: for a key endorsed by the holder; it ends and is revoked with the phone's own
key.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from certs.credential import KeyCredential, read_credential
from certs.holder import sign_statement
from certs.keys import jwk_of, new_private_key, public_from_jwk
from gateway.store import Key
from tests.parts.house import House, good, refused


async def ask(
    house: House, key_id: str, near: dict[str, str], *, by: EllipticCurvePrivateKey | None = None, **changed: Any
) -> httpx.Response:
    """The holder endorses another key and requests its credential."""
    at, nonce = house.now[0], os.urandom(8).hex()
    statement = "\n".join(["lodgekey-near", key_id, str(at), nonce, near["x"], near["y"]]).encode()
    signature = urlsafe_b64encode(sign_statement(statement, by or house.phone)).rstrip(b"=").decode()
    body = {"x": near["x"], "y": near["y"], "at": at, "nonce": nonce, "signature": signature} | changed
    return await house.client().post(f"/api/v1/keys/{key_id}/near", json=body)


def read(house: House, text: str) -> KeyCredential:
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert len(raw) <= 200
    return read_credential(raw, house.gateway.authority.credential_key.public_key())


async def test_the_credential_names_the_same_key_and_lock_and_the_vouched_holder(house: House) -> None:
    key_id, near = await house.key(), jwk_of(new_private_key().public_key())
    reported = good(await ask(house, key_id, near))
    credential = read(house, reported["credential"])
    with house.gateway.database.reading() as session:
        key = session.get_one(Key, key_id)
        assert (credential.id.hex(), credential.lock) == (key_id, key.device_id)
        assert (credential.not_before, credential.expires) == (key.not_before, key.holder_until)
        assert reported["expires"] == key.holder_until
    assert jwk_of(credential.holder) == near
    assert jwk_of(public_from_jwk(reported["lock_key"])) == reported["lock_key"]


async def test_only_the_holder_vouches(house: House) -> None:
    key_id, near = await house.key(), jwk_of(new_private_key().public_key())
    refused(await ask(house, key_id, near, by=new_private_key()), 403, "proof_refused")


async def test_the_signature_covers_the_key_it_vouches_for(house: House) -> None:
    key_id, near, other = await house.key(), *(jwk_of(new_private_key().public_key()) for _ in range(2))
    refused(await ask(house, key_id, near, x=other["x"], y=other["y"]), 403, "proof_refused")


async def test_a_revoked_key_gets_none(house: House) -> None:
    key_id, near = await house.key(), jwk_of(new_private_key().public_key())
    good(await house.client("landlord-a").post(f"/api/v1/keys/{key_id}/revoke"))
    refused(await ask(house, key_id, near), 409, "conflict")


async def test_a_point_that_is_none_is_refused(house: House) -> None:
    near = {"x": "A" * 43, "y": "A" * 43}
    refused(await ask(house, await house.key(), near), 422, "input_refused")


async def test_a_key_nobody_issued_is_answered_as_one_of_somebody_else(house: House) -> None:
    refused(await ask(house, "0" * 32, jwk_of(new_private_key().public_key())), 403, "proof_refused")
