"""The manifest that devices take: one form, whose signature another library verifies, and no other form."""

import hashlib
from dataclasses import replace
from typing import Any, Final

import cbor2
import pytest
from cwt import COSE, COSEKey
from hypothesis import given
from hypothesis import strategies as st

from certs.errors import BadSignature
from certs.keys import jwk_of, new_private_key
from devices.wire.errors import BadManifest
from devices.wire.firmware.manifest import MAX_IMAGE, Firmware, read_firmware, sign_firmware, uri_of
from devices.wire.firmware.suit import MAX_ENVELOPE, Manifest, read_envelope, sign_envelope
from devices.wire.firmware.suit_commands import Sequence
from tests.unit.devices.wire.firmware.test_suit import DRAFT_KEY, EXAMPLES

KEY: Final = new_private_key()
GOOD: Final = Firmware("lodgekey.example", "sim-lock", "2.0", 2, hashlib.sha256(b"image").digest(), 5)
NAMES: Final = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
RELEASES: Final = st.builds(
    Firmware, NAMES, NAMES, NAMES, st.integers(1, 2**32 - 1), st.binary(min_size=32, max_size=32),
    st.integers(1, MAX_IMAGE),
)  # fmt: skip


@given(firmware=RELEASES)
def test_what_is_signed_is_read_back(firmware: Firmware) -> None:
    raw = sign_firmware(firmware, KEY)
    assert len(raw) <= MAX_ENVELOPE
    assert read_firmware(raw, KEY.public_key()) == firmware


def test_another_library_verifies_the_signature() -> None:
    wrapper = cbor2.loads(cbor2.loads(sign_firmware(GOOD, KEY)).value[2])
    jwk = jwk_of(KEY.public_key())
    public = COSEKey.from_jwk({**jwk, "alg": "ES256", "use": "sig", "kid": "publisher"})
    assert COSE.new().decode(wrapper[1], public, detached_payload=wrapper[0]) == wrapper[0]


def test_another_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        read_firmware(sign_firmware(GOOD, KEY), new_private_key().public_key())


@pytest.mark.parametrize("number", EXAMPLES)
def test_the_drafts_examples_are_manifests_but_no_lock_takes_them(number: int) -> None:
    with pytest.raises(BadManifest):
        read_firmware(EXAMPLES[number], DRAFT_KEY)


def test_the_image_is_named_by_its_digest() -> None:
    """The example of RFC 6920 §8.1."""
    assert (
        uri_of(hashlib.sha256(b"Hello World!").digest()) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 0},
        {"sequence": 2**32},
        {"size": 0},
        {"size": MAX_IMAGE + 1},
        {"digest": bytes(31)},
        {"vendor": ""},
        {"model": "m" * 33},
        {"version": "v" * 21},
    ],
)
def test_a_value_outside_its_bounds_is_not_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(BadManifest):
        sign_firmware(replace(GOOD, **changes), KEY)


def altered(name: str, sequence: Sequence) -> Manifest:
    """The good manifest with another sequence of this name."""
    good = read_envelope(sign_firmware(GOOD, KEY), KEY.public_key())
    return replace(good, sequences={**good.sequences, name: sequence})


@pytest.mark.parametrize(
    ("name", "sequence"),
    [
        ("install", (("fetch", 2), ("image_match", 15))),
        ("install", (("override_parameters", {"uri": "http://example.com/f"}), ("fetch", 2), ("image_match", 15))),
        ("install", (("override_parameters", {"uri": uri_of(GOOD.digest)}), ("fetch", 2))),  # does not compare it
        ("validate", (("component_slot", 15),)),
        ("invoke", (("invoke", 2), ("invoke", 2))),
        ("load", (("copy", 2),)),
        ("payload_fetch", (("fetch", 2),)),
    ],
)
def test_a_signed_manifest_of_another_form_is_refused(name: str, sequence: Sequence) -> None:
    with pytest.raises(BadManifest):
        read_firmware(sign_envelope(altered(name, sequence), KEY), KEY.public_key())


@pytest.mark.parametrize("text", [{}, {"en": {}}, {"en": {(b"\x00",): {2: "m", 3: "v", 6: 7}}}, {"de": {1: "x"}}])
def test_a_manifest_without_its_names_is_refused(text: dict[str, Any]) -> None:
    good = read_envelope(sign_firmware(GOOD, KEY), KEY.public_key())
    with pytest.raises(BadManifest):
        read_firmware(sign_envelope(replace(good, text=text), KEY), KEY.public_key())


def test_ids_of_another_model_than_the_text_names_are_refused() -> None:
    good = read_envelope(sign_firmware(GOOD, KEY), KEY.public_key())
    about = good.sequences["shared"][0][1]
    for changed in ({"class_id": bytes(16)}, {"vendor_id": bytes(16)}, {"image_size": 6}):
        shared = (("override_parameters", about | changed), *good.sequences["shared"][1:])
        raw = sign_envelope(replace(good, sequences={**good.sequences, "shared": shared}), KEY)
        if "image_size" in changed:
            assert read_firmware(raw, KEY.public_key()).size == 6
        else:
            with pytest.raises(BadManifest):
                read_firmware(raw, KEY.public_key())
