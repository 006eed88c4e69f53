"""SUIT envelopes: the draft's own examples are read and written back, and nothing that is not exactly one is taken."""

import uuid
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certs import cbor
from certs.errors import BadSignature
from certs.keys import new_private_key, public_from_point
from devices.wire.errors import BadManifest
from devices.wire.firmware import suit_commands
from devices.wire.firmware.suit import (
    AUTHENTICATION,
    MANIFEST,
    TAG_ENVELOPE,
    Manifest,
    encode_manifest,
    read_envelope,
    sign_envelope,
)
from devices.wire.firmware.suit_commands import Sequence

DATA: Final = Path("tests/data/suit/draft_37_examples.txt")
VENDOR: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "arm.com").bytes  # as example 2 names it in its text


def published() -> tuple[dict[int, bytes], ec.EllipticCurvePublicKey]:
    """The draft's envelopes by number, and the public key that it publishes with them."""
    paragraphs = [part.split("\n", 1) for part in DATA.read_text().strip().split("\n\n")[1:]]
    found = {name: bytes.fromhex(text.replace("\n", "")) for name, text in paragraphs}
    key = public_from_point(found.pop("key"))
    return {int(name): raw for name, raw in found.items()}, key


EXAMPLES, DRAFT_KEY = published()
KEY: Final = new_private_key()
MANIFEST_OF_ONE: Final = Manifest(7, ((b"\x00",),), {"invoke": (("invoke", 2),)})


@pytest.mark.parametrize("number", EXAMPLES)
def test_the_examples_of_the_draft_are_read_and_written_back(number: int) -> None:
    envelope = EXAMPLES[number]
    manifest = read_envelope(envelope, DRAFT_KEY)
    assert manifest.number == number
    inner = cbor.decode(envelope[len(TAG_ENVELOPE) :])
    assert encode_manifest(manifest) == inner[MANIFEST]
    again = cbor.decode(sign_envelope(manifest, KEY)[len(TAG_ENVELOPE) :])
    assert {name: part for name, part in again.items() if name != AUTHENTICATION} == {
        name: part for name, part in inner.items() if name != AUTHENTICATION
    }
    assert cbor.decode(again[AUTHENTICATION])[0] == cbor.decode(inner[AUTHENTICATION])[0]


def test_the_examples_say_what_the_draft_prints_beside_them() -> None:
    simple = read_envelope(EXAMPLES[1], DRAFT_KEY)
    assert simple.sequences["install"] == (
        ("override_parameters", {"uri": "http://example.com/file.bin"}),
        ("fetch", 2),
        ("image_match", 15),
    )
    about = simple.sequences["shared"][0][1]
    assert about["vendor_id"] == VENDOR
    assert about["image_size"] == 34768
    severed = read_envelope(EXAMPLES[2], DRAFT_KEY)
    assert severed.severed == {20, 23}
    assert severed.text["en-US"][(b"\x00",)][3] == "arm.com"
    two_slots = read_envelope(EXAMPLES[3], DRAFT_KEY).sequences["install"][0]
    assert two_slots[0] == "try_each"
    assert two_slots[1][1][2] == ("override_parameters", {"uri": "http://example.com/file2.bin"})
    assert len(read_envelope(EXAMPLES[4], DRAFT_KEY).components) == 3
    assert [name for name, _ in read_envelope(EXAMPLES[5], DRAFT_KEY).sequences["invoke"]] == [
        "set_component_index",
        "invoke",
    ]


@pytest.mark.parametrize("number", EXAMPLES)
def test_another_publishers_signature_is_refused(number: int) -> None:
    with pytest.raises(BadSignature):
        read_envelope(EXAMPLES[number], KEY.public_key())


@given(data=st.data(), number=st.sampled_from(sorted(EXAMPLES)))
def test_one_altered_bit_anywhere_is_refused(data: st.DataObject, number: int) -> None:
    altered = bytearray(EXAMPLES[number])
    position = data.draw(st.integers(0, len(altered) - 1))
    altered[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((BadManifest, BadSignature)):
        read_envelope(bytes(altered), DRAFT_KEY)


@given(raw=st.binary(max_size=300))
def test_other_bytes_are_refused_and_break_nothing(raw: bytes) -> None:
    for given_bytes in (raw, TAG_ENVELOPE + raw):
        with pytest.raises((BadManifest, BadSignature)):
            read_envelope(given_bytes, DRAFT_KEY)


@pytest.mark.parametrize("cut", [1, 2, 40, 100])
def test_a_cut_envelope_or_one_with_something_behind_is_refused(cut: int) -> None:
    for altered in (EXAMPLES[1][:-cut], EXAMPLES[1] + bytes(cut)):
        with pytest.raises((BadManifest, BadSignature)):
            read_envelope(altered, DRAFT_KEY)


def test_the_severed_member_must_be_the_one_that_was_signed() -> None:
    parts = cbor.decode(EXAMPLES[2][len(TAG_ENVELOPE) :])
    other = parts | {20: suit_commands.encode((("fetch", 2), ("image_match", 15)))}
    missing = {name: part for name, part in parts.items() if name != 20}
    for altered in (other, missing):
        with pytest.raises(BadManifest):
            read_envelope(TAG_ENVELOPE + cbor.encode(altered), DRAFT_KEY)


COMMAND: Final = st.one_of(
    st.tuples(st.sampled_from([*suit_commands.CONDITIONS.values()]), st.integers(0, 15)),
    st.tuples(st.just("set_component_index"), st.one_of(st.just(True), st.integers(0, 255))),
    st.tuples(
        st.just("override_parameters"),
        st.fixed_dictionaries({"image_digest": st.binary(min_size=32, max_size=32), "uri": st.text(max_size=40)}),
    ),
)
SEQUENCES: Final = st.lists(COMMAND, min_size=1, max_size=8).map(tuple)


@given(outer=SEQUENCES, inner=st.lists(SEQUENCES, min_size=2, max_size=4), runs=st.booleans())
def test_sequences_are_written_and_read_back(outer: Sequence, inner: list[Sequence], runs: bool) -> None:
    nested: Sequence = (*outer, ("run_sequence", inner[0]) if runs else ("try_each", inner))
    raw = suit_commands.encode(nested)
    assert suit_commands.decode(raw) == nested
    assert suit_commands.encode(suit_commands.decode(raw)) == raw


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [23],
        [4, 15],  # no command has this number
        [-1, 0],  # a custom command
        [23, 16],  # four bits only
        [23, True],
        [20, {}],
        [20, {4: 0}],
        [20, {-1: 0}],
        [20, {21: b"uri"}],
        [12, False],
        [12, []],
        [15, [b"\x82\x17\x02"]],
        [15, [None, None]],
        [32, 5],
        [23, 2] * 33,
    ],
)
def test_an_unknown_or_malformed_command_is_refused(listed: list[object]) -> None:
    with pytest.raises(BadManifest):
        suit_commands.decode(cbor.encode(listed))


def test_a_shared_sequence_does_nothing() -> None:
    raw = suit_commands.encode((("fetch", 2),))
    assert suit_commands.decode(raw) == (("fetch", 2),)
    with pytest.raises(BadManifest):
        suit_commands.decode(raw, shared=True)


def test_sequences_are_nested_four_deep_at_most() -> None:
    raw = suit_commands.encode((("invoke", 2),))
    for _ in range(3):
        raw = cbor.encode([32, raw])
    suit_commands.decode(raw)
    with pytest.raises(BadManifest):
        suit_commands.decode(cbor.encode([32, raw]))


@pytest.mark.parametrize(
    "changes",
    [{1: 2}, {2: -1}, {2: 2**32}, {4: 5}, {5: 0}, {3: b""}, {3: cbor.encode({2: []})}, {23: b"\xa0\xa0"}, {9: b"\x80"}],
)
def test_a_manifest_with_another_member_is_refused_though_it_is_signed(changes: dict[int, object]) -> None:
    parts = cbor.decode(encode_manifest(MANIFEST_OF_ONE)) | changes
    with pytest.raises(BadManifest):
        read_envelope(signed(cbor.encode(parts)), KEY.public_key())


def test_a_signature_of_another_manifest_is_refused() -> None:
    parts = cbor.decode(signed(encode_manifest(MANIFEST_OF_ONE))[len(TAG_ENVELOPE) :])
    other = Manifest(8, MANIFEST_OF_ONE.components, MANIFEST_OF_ONE.sequences)
    with pytest.raises(BadManifest):
        read_envelope(TAG_ENVELOPE + cbor.encode(parts | {MANIFEST: encode_manifest(other)}), KEY.public_key())


def signed(manifest: bytes) -> bytes:
    """An envelope of these bytes, whatever they are, with a valid signature."""
    good = cbor.decode(sign_envelope(MANIFEST_OF_ONE, KEY)[len(TAG_ENVELOPE) :])
    if manifest == good[MANIFEST]:
        return TAG_ENVELOPE + cbor.encode(good)
    from certs.cose import sign1  # noqa: PLC0415 - only for envelopes that no writer makes

    digest = cbor.encode(suit_commands.digest_of(cbor.encode(manifest)))
    wrapper = cbor.encode([digest, sign1(digest, KEY, detached=True)])
    return TAG_ENVELOPE + cbor.encode({AUTHENTICATION: wrapper, MANIFEST: manifest})
