"""Keys: one encoding each, off-curve points refused, files readable by their owner only."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from certs.errors import BadKey, Unsealable
from certs.files import PUBLIC as PUBLIC_MODE
from certs.files import write_atomic
from certs.keys import (
    cose_key_of,
    jwk_of,
    key_id,
    load_private_key,
    new_private_key,
    public_from_cose,
    public_from_jwk,
    public_from_point,
    save_private_key,
)
from certs.sealing import OVERHEAD, open_sealed, registration_context, seal

KEY = new_private_key()
PUBLIC = KEY.public_key()
JWK = jwk_of(PUBLIC)


def test_a_saved_key_is_its_owners_only_and_the_same_when_loaded(tmp_path: Path) -> None:
    save_private_key(tmp_path / "a.key", KEY)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert load_private_key(tmp_path / "a.key").private_numbers() == KEY.private_numbers()
    assert [file.name for file in tmp_path.iterdir()] == ["a.key"]


def test_replacing_a_file_leaves_no_draft_behind(tmp_path: Path) -> None:
    for text in (b"one", b"two"):
        write_atomic(tmp_path / "f", text, PUBLIC_MODE)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("f", b"two")]


def test_a_draft_that_cannot_be_placed_is_removed(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_atomic(tmp_path / "taken", b"x", PUBLIC_MODE)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()])
def test_other_kinds_of_keys_are_refused(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
) -> None:
    (tmp_path / "k").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BadKey):
        load_private_key(tmp_path / "k")


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("nothing")
    with pytest.raises(BadKey):
        load_private_key(tmp_path / "k")


def test_jwk_and_cose_key_round_trip() -> None:
    for _ in range(20):
        public = new_private_key().public_key()
        assert jwk_of(public_from_jwk(jwk_of(public))) == jwk_of(public)
        assert jwk_of(public_from_cose(cose_key_of(public))) == jwk_of(public)
        assert len(key_id(public)) == 8


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "OKP"}, {"crv": "P-384"}, {"x": ""}, {"x": JWK["x"] + "="}, {"x": JWK["x"][:-1]}, {"x": 7},
        {"y": JWK["x"]}, {"x": "A" * 43, "y": "A" * 43}, {"x": "é" * 43}, {"x": "+" + JWK["x"][1:]}, {"d": "secret"},
        {"x": JWK["x"][:-1] + "_"},
    ],
)  # fmt: skip
def test_an_unsound_jwk_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadKey):
        public_from_jwk(JWK | change)


@given(raw=st.binary(max_size=64))
def test_short_points_are_refused(raw: bytes) -> None:
    if len(raw) != 33:
        with pytest.raises(BadKey):
            public_from_point(raw)


@given(plain=st.binary(max_size=2000))
def test_what_a_kiosk_seals_only_the_intake_key_opens(plain: bytes) -> None:
    context = registration_context("site-1", "kiosk-1")
    sealed = seal(plain, PUBLIC, context=context)
    assert len(sealed) == len(plain) + OVERHEAD
    assert open_sealed(sealed, KEY, context=context) == plain
    if len(plain) > 16:
        assert plain not in sealed


@pytest.mark.parametrize("length", range(0, 100, 7))
def test_short_sealed_messages_are_refused(length: int) -> None:
    with pytest.raises(Unsealable):
        open_sealed(bytes(length), KEY, context=b"")


def test_a_sealed_message_of_another_kiosk_or_altered_is_refused() -> None:
    context = registration_context("site-1", "kiosk-1")
    sealed = seal(b"plain", PUBLIC, context=context)
    with pytest.raises(Unsealable):
        open_sealed(sealed, KEY, context=registration_context("site-1", "kiosk-2"))
    with pytest.raises(Unsealable):
        open_sealed(sealed, new_private_key(), context=context)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(Unsealable):
            open_sealed(bytes(altered), KEY, context=context)
