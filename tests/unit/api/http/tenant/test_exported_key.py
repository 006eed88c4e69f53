"""Attacks by a raw client with a key copied from the phone and with recorded requests."""

from base64 import urlsafe_b64encode
from typing import Any

from certs.holder import sign_statement
from gateway.domain.keys.holder_statements import renew_statement
from gateway.domain.keys.key import Proof, read_statement, unlock_statement
from tests.parts.house import House, good, refused


def signed(house: House, key_id: str, nonce: str) -> dict[str, Any]:
    """An unlock request, signed with the phone's exported private key."""
    at = house.now[0]
    signature = sign_statement(unlock_statement(key_id, Proof(at, nonce, b"")), house.phone)
    return {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}


def renewal(house: House, key_id: str, nonce: str) -> dict[str, Any]:
    """A request for renewal of the credential."""
    at = house.now[0]
    signature = sign_statement(renew_statement(key_id, Proof(at, nonce, b"")), house.phone)
    return {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}


async def test_an_exported_key_is_refused_at_once_when_it_is_revoked_and_a_recorded_request_never_runs_again(
    house: House,
) -> None:
    key_id = await house.key()
    house.put_on_lock(key_id)
    raw, path = house.client(), f"/api/v1/keys/{key_id}/unlock"
    recorded = signed(house, key_id, "nonce-0001")
    assert (
        good(await raw.post(path, json=recorded))["outcome"] == "no_answer"
    )  # no lock is connected here, but the command was sent
    refused(await raw.post(path, json=recorded), 403, "proof_refused")
    good(await house.client("landlord-a").post(f"/api/v1/keys/{key_id}/revoke"))
    reported = refused(await raw.post(path, json=signed(house, key_id, "nonce-0002")), 409, "key_not_usable")
    assert reported["reason"] == "revoked"
    pending = good(await house.client("tester").get("/api/v1/deliveries"))
    assert [row["work"] for row in pending].count("unlock") == 1


async def test_after_a_revocation_the_phone_gets_no_fresh_credential_and_no_code(house: House) -> None:
    key_id = await house.key(days=10)
    house.put_on_lock(key_id)
    good(await house.client("landlord-a").post(f"/api/v1/keys/{key_id}/revoke"))

    async def renew(nonce: str) -> Any:
        return good(await house.client().post(f"/api/v1/keys/{key_id}/renewal", json=renewal(house, key_id, nonce)))

    async def read(nonce: str) -> Any:
        at = house.now[0]
        signature = sign_statement(read_statement(key_id, Proof(at, nonce, b"")), house.phone)
        proof = f"{at}.{nonce}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        return good(await house.client().get(f"/api/v1/keys/{key_id}", headers={"Holder-Proof": proof}))

    before = await read("nonce-0001")
    house.now[0] += 60 * 3600  # well past half of the credential's validity, when a valid key would be renewed
    for after in (await renew("nonce-0002"), await read("nonce-0003")):
        assert (after["credential"], after["passcodes"]) == (before["credential"], [])
        assert (after["state"], after["renewal_due"]) == ("revoking", False)


async def test_a_credential_is_renewed_on_request_once_half_of_its_time_is_over(house: House) -> None:
    key_id, path = await house.key(days=10), "/api/v1/keys/{}/renewal"
    house.put_on_lock(key_id)

    async def renew(nonce: str) -> Any:
        return good(await house.client().post(path.format(key_id), json=renewal(house, key_id, nonce)))

    first = await renew("nonce-0001")
    assert first["renewal_due"] is False
    house.now[0] += 60 * 3600
    second = await renew("nonce-0002")
    assert second["credential"] != first["credential"]
    assert second["renew_before"] > first["renew_before"]
    assert (await renew("nonce-0003"))["credential"] == second["credential"]
    stolen = renewal(house, key_id, "nonce-0004") | {"signature": signed(house, key_id, "nonce-0004")["signature"]}
    refused(await house.client().post(path.format(key_id), json=stolen), 403, "proof_refused")
