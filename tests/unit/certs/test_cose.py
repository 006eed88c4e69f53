"""COSE_Sign1: exactly one encoding of a message is accepted, signed by this key for this purpose."""

import base64

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from hypothesis import assume, given
from hypothesis import strategies as st

from certs import cbor
from certs.cose import sign1, verify1
from certs.errors import BadSignature
from certs.keys import jwk_of, new_private_key

KEY = new_private_key()
PUBLIC = KEY.public_key()
GOOD = sign1(b"payload", KEY, kid=b"k1", external_aad=b"cmd")


def rebuilt(**changes: object) -> bytes:
    parts = dict(zip(("protected", "unprotected", "payload", "signature"), cbor2.loads(GOOD).value, strict=True))
    return cbor2.dumps(cbor2.CBORTag(18, list((parts | changes).values())))


@given(payload=st.binary(max_size=300), kid=st.binary(max_size=16), aad=st.binary(max_size=40))
def test_what_is_signed_is_read_back(payload: bytes, kid: bytes, aad: bytes) -> None:
    raw = sign1(payload, KEY, kid=kid, external_aad=aad)
    assert verify1(raw, PUBLIC, external_aad=aad) == payload


@given(position=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
def test_one_altered_bit_anywhere_but_in_the_key_id_is_refused(position: int, bit: int) -> None:
    assume(GOOD.index(b"k1") not in (position, position - 1))
    altered = bytearray(GOOD)
    altered[position] ^= 1 << bit
    with pytest.raises(BadSignature):
        verify1(bytes(altered), PUBLIC, external_aad=b"cmd")


@given(raw=st.binary(max_size=64))
def test_short_frames_are_refused(raw: bytes) -> None:
    with pytest.raises(BadSignature):
        verify1(raw, PUBLIC)


@pytest.mark.parametrize("length", range(65))
def test_every_short_beginning_of_a_good_message_is_refused(length: int) -> None:
    with pytest.raises(BadSignature):
        verify1(GOOD[:length], PUBLIC, external_aad=b"cmd")


def test_another_purpose_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify1(GOOD, PUBLIC, external_aad=b"event")


def test_another_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify1(GOOD, new_private_key().public_key(), external_aad=b"cmd")


@pytest.mark.parametrize(
    "raw",
    [
        GOOD[1:],
        GOOD + b"\x00",
        b"\xd8\x12" + GOOD[1:],
        b"\xd2\x9f" + GOOD[2:] + b"\xff",
        rebuilt(protected=cbor2.dumps({1: -8})),
        rebuilt(protected=cbor2.dumps({1: -7, 2: [99], 99: 1})),
        rebuilt(protected=b""),
        rebuilt(protected=cbor2.dumps({})),
        rebuilt(unprotected={1: -7}),
        rebuilt(unprotected={4: "k1"}),
        rebuilt(unprotected={4: b""}),
        rebuilt(unprotected=[]),
        rebuilt(payload=None),
        rebuilt(payload="payload"),
        rebuilt(signature=b""),
        rebuilt(signature=bytes(64)),
        rebuilt(signature=b"\xff" * 64),
        GOOD.replace(b"\x47payload", b"\x58\x07payload"),
        b"\xd2" + b"\x81" * 100_000,
        b"\xd2\x9b" + b"\x7f" + b"\xff" * 7,
    ],
    ids=[
        "untagged", "trailing byte", "long tag", "indefinite array", "other algorithm", "critical header",
        "empty protected", "no algorithm", "unprotected algorithm", "text kid", "empty kid", "unprotected list",
        "detached", "text payload", "no signature", "zero signature", "huge signature", "long length", "deep", "vast",
    ],
)  # fmt: skip
def test_another_encoding_or_header_is_refused(raw: bytes) -> None:
    with pytest.raises(BadSignature):
        verify1(raw, PUBLIC, external_aad=b"cmd")


def test_another_library_verifies_ours_and_we_verify_theirs() -> None:
    theirs = COSEKey.from_jwk({**jwk_of(PUBLIC), "alg": "ES256", "kid": "k1", "key_ops": ["verify"]})
    assert COSE.new().decode(GOOD, theirs, external_aad=b"cmd") == b"payload"
    numbers = KEY.private_numbers()
    secret = {**jwk_of(PUBLIC), "alg": "ES256", "d": _base64url(numbers.private_value), "key_ops": ["sign"]}
    signed = COSE.new().encode_and_sign(
        b"from afar", COSEKey.from_jwk(secret), protected={1: -7}, unprotected={4: b"k1"}, external_aad=b"ack"
    )
    assert verify1(signed, PUBLIC, external_aad=b"ack") == b"from afar"


def test_signing_with_another_curve_cannot_pass() -> None:
    with pytest.raises((BadSignature, OverflowError)):
        verify1(sign1(b"x", ec.generate_private_key(ec.SECP384R1())), PUBLIC)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\x00", b"\x18\x01", b"\xf9\x3c\x00", b"\xc1\x00", b"\xa2\x02\x00\x01\x00", b"\xa2\x01\x00\x01\x00",
     b"\x9f\xff", b"\xa1\x80\x00", b"\xa1\x38\x18\x00", b"\xd8\x1c\x81\xd8\x1d\x00", b"\xf7", b"\xa1\xf5\x00",
     b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01", b"\x81" * 9 + b"\x00", b"\x61\xff", b"\xc2\x41\x01"],
)  # fmt: skip
def test_cbor_that_is_not_the_one_encoding_is_refused(raw: bytes) -> None:
    with pytest.raises(cbor.NotCanonical):
        cbor.decode(raw)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-24, 23) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


@given(value=PLAIN)
def test_plain_values_survive_and_have_one_encoding(value: object) -> None:
    raw = cbor.encode(value)
    assume(depth(value) < cbor.MAX_DEPTH)
    assert cbor.encode(cbor.decode(raw)) == raw


@given(entries=st.dictionaries(st.integers(-24, 23) | st.text(max_size=3), st.integers(0, 9), max_size=8))
def test_map_keys_are_in_bytewise_order(entries: dict[int | str, int]) -> None:
    keys = [cbor2.dumps(key) for key in cbor2.loads(cbor.encode(entries))]
    assert keys == sorted(keys)


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
