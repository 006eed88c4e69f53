"""Passive authentication: a genuine chip is accepted, a swapped portrait or a foreign issuer is refused."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware_sim.specimens.camera import encode_jpeg
from firmware_sim.specimens.chip import SimCountry, found_country, sign_groups, wrap, write_face_group, write_zone_group
from firmware_sim.specimens.documents import ANNA
from gateway.domain.verification.chip import ChipContents, ChipRefused
from gateway.identity.chips.passive_authentication import check_chip
from gateway.texts.identity import REASON
from tests.specimens.bad_pictures import CANARY, pattern, position, saved

NOW = 1_795_000_000
YEAR = 365 * 86400
FACE = encode_jpeg(np.full((120, 90, 3), 90, np.uint8))
OTHER_FACE = encode_jpeg(np.full((120, 90, 3), 200, np.uint8))


@cache
def utopia() -> SimCountry:
    """A trusted issuing country."""
    return found_country("UT", NOW)


@cache
def true_chip(face: bytes = FACE) -> ChipContents:
    """Content of a genuine passport's chip."""
    groups = {1: write_zone_group(ANNA), 2: write_face_group(face)}
    return ChipContents(sign_groups(utopia(), groups), groups)


def refusal(contents: ChipContents, now: int = NOW, trusted: SimCountry | None = None) -> str:
    """The code with which a chip is refused."""
    with pytest.raises(ChipRefused) as refused:
        check_chip(contents, [(trusted or utopia()).certificate], now)
    assert refused.value.code in REASON
    return refused.value.code


def test_a_true_chip_gives_certain_fields_and_the_portrait() -> None:
    reading = check_chip(true_chip(), [utopia().certificate], NOW)
    assert (reading.kind, reading.value("surname"), reading.value("id_number")) == (
        "passport",
        "ERIKSSON",
        "L898902C3",
    )
    assert (reading.value("birth_date"), reading.value("expiry_date")) == ("1974-08-12", "2032-04-15")
    assert all(item.certain for item in reading.fields.values())
    assert reading.portrait == FACE


@pytest.mark.parametrize(
    ("given_names", "problems"), [("JONATHON WARREN TREVOR", ("name_unconfirmed",)), ("JONATHON WARREN", ())]
)
def test_a_name_that_fills_the_zone_may_be_cut_and_is_not_certain(given_names: str, problems: tuple[str, ...]) -> None:
    """ZsBT/mrz-java#27; the specimen of Doc 9303-4, 4.2.3.2."""
    holder = replace(ANNA, surname="PAPANDROPOULOUS", given_names=given_names)
    groups = {1: write_zone_group(holder), 2: write_face_group(FACE)}
    reading = check_chip(ChipContents(sign_groups(utopia(), groups), groups), [utopia().certificate], NOW)
    assert reading.problems == problems
    assert {reading.fields[name].certain for name in ("surname", "given_names")} == {not problems}
    assert reading.fields["id_number"].certain


def test_a_true_portrait_with_a_position_and_a_comment_is_believed_and_handed_on_without_them() -> None:
    noted = saved(pattern(), "JPEG", exif=position(), comment=CANARY)
    reading = check_chip(true_chip(noted), [utopia().certificate], NOW)
    assert reading.portrait is not None
    assert CANARY in noted
    assert CANARY not in reading.portrait
    with Image.open(BytesIO(noted)) as signed, Image.open(BytesIO(reading.portrait)) as handed_on:
        assert dict(handed_on.getexif()) == {}
        assert handed_on.tobytes() == signed.tobytes()


def test_a_swapped_portrait_is_refused() -> None:
    groups = {**true_chip().groups, 2: write_face_group(OTHER_FACE)}
    assert refusal(replace(true_chip(), groups=groups)) == "chip_altered"


def test_a_swapped_machine_zone_is_refused() -> None:
    groups = {**true_chip().groups, 1: write_zone_group(replace(ANNA, surname="ERIKSEN"))}
    assert refusal(replace(true_chip(), groups=groups)) == "chip_altered"


@pytest.mark.parametrize("missing", [1, 2])
def test_a_chip_without_zone_or_face_is_refused(missing: int) -> None:
    groups = {number: group for number, group in true_chip().groups.items() if number != missing}
    assert refusal(replace(true_chip(), groups=groups)) == "chip_altered"


def test_a_group_nobody_signed_is_refused() -> None:
    assert refusal(replace(true_chip(), groups={**true_chip().groups, 11: b"\x6b\x00"})) == "chip_altered"


def test_a_foreign_issuer_is_refused_even_under_the_same_name() -> None:
    impostor = found_country("UT", NOW)
    groups = dict(true_chip().groups)
    assert refusal(ChipContents(sign_groups(impostor, groups), groups)) == "chip_issuer_unknown"


def test_no_trusted_country_means_no_trust() -> None:
    with pytest.raises(ChipRefused, match="chip_issuer_unknown"):
        check_chip(true_chip(), [], NOW)


def test_a_document_signer_is_no_country() -> None:
    signer = replace(utopia(), certificate=utopia().signer)
    assert refusal(true_chip(), trusted=signer) == "chip_issuer_unknown"


def test_a_signer_out_of_its_time_is_refused() -> None:
    assert refusal(true_chip(), now=NOW + 11 * YEAR) == "chip_issuer_unknown"
    assert refusal(true_chip(), now=NOW - YEAR) == "chip_issuer_unknown"


def test_an_altered_signature_is_refused() -> None:
    data = bytearray(true_chip().security_object)
    data[-3] ^= 1
    assert refusal(replace(true_chip(), security_object=bytes(data))) in ("chip_signature_wrong", "chip_unreadable")


def test_hashes_signed_by_someone_else_are_refused() -> None:
    groups = {1: write_zone_group(ANNA), 2: write_face_group(OTHER_FACE)}
    mixed = replace(utopia(), signer_key=found_country("UT", NOW).signer_key)
    assert refusal(ChipContents(sign_groups(mixed, groups), groups)) == "chip_signature_wrong"


@pytest.mark.parametrize(
    "data", [b"", b"\x77", b"\x77\x00", wrap(0x77, b"hello"), wrap(0x76, b""), b"\x77\x84\xff\xff\xff\xff"]
)
def test_what_is_no_security_object_is_refused(data: bytes) -> None:
    assert refusal(replace(true_chip(), security_object=data)) == "chip_unreadable"


def test_a_signers_certificate_of_a_version_there_is_none_of_is_refused() -> None:
    version_3 = bytes.fromhex("a003020102")  # X.509 version: [0] EXPLICIT INTEGER 2
    original = true_chip().security_object
    assert original.count(version_3) == 1
    changed = original.replace(version_3, bytes.fromhex("a003020103"))
    assert refusal(replace(true_chip(), security_object=changed)) == "chip_unreadable"


@settings(max_examples=150)
@given(st.data())
def test_no_single_changed_byte_is_believed(data: st.DataObject) -> None:
    original = true_chip().security_object
    place = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        reading = check_chip(replace(true_chip(), security_object=bytes(changed)), [utopia().certificate], NOW)
    except ChipRefused:
        return
    # unsigned bytes (the CMS version, the list of digests) may change without effect on what is proven
    assert reading == check_chip(true_chip(), [utopia().certificate], NOW)
