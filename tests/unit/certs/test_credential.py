"""Key credentials: one lock, one holder, one window, at most 200 bytes, readable by any CWT library."""

import secrets

import cwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from certs import cbor
from certs.cose import sign1
from certs.credential import MAX_CREDENTIAL, KeyCredential, issue_credential, read_credential
from certs.errors import BadCredential, BadSignature
from certs.keys import cose_key_of, jwk_of, key_id, new_private_key

SIGNER, HOLDER = new_private_key(), new_private_key().public_key()
PUBLIC = SIGNER.public_key()
CLAIMS = {3: "lock-7", 4: 2000, 5: 1000, 7: bytes(16), 8: {1: cose_key_of(HOLDER)}}
IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=36)


def signed(claims: object) -> bytes:
    return sign1(cbor.encode(claims), SIGNER)


@given(
    lock=IDS,
    window=st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=2, unique=True).map(sorted),
    identity=st.binary(min_size=16, max_size=16),
)
def test_an_issued_credential_is_read_back_and_fits(lock: str, window: list[int], identity: bytes) -> None:
    credential = KeyCredential(identity, lock, new_private_key().public_key(), window[0], window[1])
    raw = issue_credential(credential, SIGNER)
    assert len(raw) <= MAX_CREDENTIAL
    found = read_credential(raw, PUBLIC)
    assert (found.id, found.lock, found.not_before, found.expires) == (identity, lock, window[0], window[1])
    assert jwk_of(found.holder) == jwk_of(credential.holder)


@pytest.mark.parametrize(("at", "opens"), [(999, False), (1000, True), (1999, True), (2000, False)])
def test_the_window_is_half_open(at: int, opens: bool) -> None:
    assert KeyCredential(bytes(16), "lock-7", HOLDER, 1000, 2000).opens_at(at) is opens


def test_another_library_reads_the_claims() -> None:
    raw = issue_credential(KeyCredential(secrets.token_bytes(16), "lock-7", HOLDER, 1000, 4_000_000_000), SIGNER)
    pem = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = cwt.decode(raw, cwt.COSEKey.from_pem(pem, kid=key_id(PUBLIC)))
    assert isinstance(claims, dict)
    assert claims[3] == "lock-7"
    assert claims[8] == {1: cose_key_of(HOLDER)}


def test_a_thousand_altered_credentials_open_nothing() -> None:
    raw = issue_credential(KeyCredential(bytes(range(16)), "lock-7", HOLDER, 1000, 2000), SIGNER)
    kid = raw.index(key_id(PUBLIC))
    chosen = [i for i in range(len(raw)) if not kid <= i < kid + 8]
    for attempt in range(1000):
        altered = bytearray(raw)
        altered[chosen[attempt % len(chosen)]] ^= 1 + attempt % 255
        with pytest.raises((BadSignature, BadCredential)):
            read_credential(bytes(altered), PUBLIC)


def test_a_credential_of_another_issuer_is_refused() -> None:
    raw = issue_credential(KeyCredential(bytes(16), "lock-7", HOLDER, 1000, 2000), new_private_key())
    with pytest.raises(BadSignature):
        read_credential(raw, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {3: "lock/7"}, {3: "+"}, {3: "#"}, {3: ""}, {3: "x" * 37}, {3: b"lock-7"}, {4: 1000}, {4: 999}, {4: "2000"},
        {4: True}, {4: 2**32}, {5: -1}, {5: None}, {7: b"short"}, {7: "x" * 16}, {8: {}}, {8: {1: {}}}, {8: []},
        {8: {1: {**cose_key_of(HOLDER), -1: 2}}}, {8: {1: {**cose_key_of(HOLDER), -3: bytes(32)}}},
        {8: {1: {**cose_key_of(HOLDER), -2: b"\xff" * 32}}}, {8: {1: {**cose_key_of(HOLDER), -4: b"d"}}},
        {8: {1: {**cose_key_of(HOLDER), 1: True}}}, {9: 1}, {1: "issuer"},
    ],
)  # fmt: skip
def test_signed_but_unsound_claims_are_refused(change: dict[int, object]) -> None:
    with pytest.raises(BadCredential):
        read_credential(signed(CLAIMS | change), PUBLIC)


@pytest.mark.parametrize("missing", [3, 4, 5, 7, 8])
def test_a_missing_claim_is_refused(missing: int) -> None:
    with pytest.raises(BadCredential):
        read_credential(signed({k: v for k, v in CLAIMS.items() if k != missing}), PUBLIC)


@pytest.mark.parametrize("raw", [sign1(b"\xff", SIGNER), signed([]), signed(7), bytes(201)])
def test_what_is_no_claim_set_is_refused(raw: bytes) -> None:
    with pytest.raises(BadCredential):
        read_credential(raw, PUBLIC)


@given(raw=st.binary(max_size=64))
def test_short_credentials_are_refused(raw: bytes) -> None:
    with pytest.raises(BadSignature):
        read_credential(raw, PUBLIC)
