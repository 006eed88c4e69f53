"""Real models on rendered documents: read exactly, or with a reason for review by a person; never wrong but certain."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from PIL import Image

from firmware_sim.specimens.camera import DEGRADATIONS, take_photograph
from firmware_sim.specimens.documents import (
    ANNA,
    LIN,
    Person,
    astronaut,
    print_card_td1,
    print_card_td2,
    print_passport,
    print_resident_card,
)
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.port import DocumentReading
from gateway.domain.verification.rules import Evidence, VerificationSettings, decide
from gateway.identity.documents.ocr import PrintReader
from gateway.identity.documents.reader import DocumentReader
from gateway.identity.faces.compare import FivePointEngine
from gateway.identity.images.decode import decode_image
from gateway.texts.identity import REASON

TODAY = date(2026, 11, 21)
SANDBOX = load_profiles()["sandbox"]
KINDS: Mapping[str, tuple[Callable[[Person, Image.Image], Image.Image], Person]] = {
    "passport": (print_passport, ANNA),
    "card of two lines": (print_card_td2, ANNA),
    "card of three lines": (print_card_td1, ANNA),
    "resident card": (print_resident_card, LIN),
}
EVERY_WAY_ROUND = ("on a table", "on its side", "upside down", "seen from the left")
BADLY_TAKEN = sorted(set(DEGRADATIONS) - set(EVERY_WAY_ROUND))


@cache
def load_reader() -> DocumentReader:
    """Load the models once for this file."""
    return DocumentReader(PrintReader(), FivePointEngine())


def read(page: Image.Image, degradation: str = "plain") -> DocumentReading:
    """Result of the reader for a photograph of the page."""
    return load_reader().read(decode_image(take_photograph(page, degradation)), TODAY)


def truth(person: Person) -> dict[str, str]:
    """The printed fields."""
    names = {"surname": person.surname, "given_names": person.given_names}
    return {
        **({"name": person.name_zh} if person.name_zh else names),
        "id_number": person.number,
        "birth_date": person.birth.isoformat(),
        "nationality": person.nationality,
        "sex": person.sex,
    }


def wrongly_certain(reading: DocumentReading, person: Person) -> dict[str, str]:
    """Fields read as certain that differ from the printed ones."""
    expected = truth(person)
    return {
        name: item.value
        for name, item in reading.fields.items()
        if item.certain and name in expected and item.value != expected[name]
    }


@pytest.mark.parametrize(
    ("kind", "degradation"),
    [("passport", way) for way in EVERY_WAY_ROUND]
    + [("resident card", way) for way in EVERY_WAY_ROUND]
    + [("card of two lines", "on its side"), ("card of three lines", "upside down")],
)
def test_a_document_is_read_exactly_whichever_way_it_lies(kind: str, degradation: str) -> None:
    draw, person = KINDS[kind]
    reading = read(draw(person, astronaut()), degradation)
    assert {name: reading.value(name) for name in truth(person)} == truth(person)
    assert reading.fields["id_number"].certain
    assert reading.portrait is not None


def test_the_letter_of_an_official_passport_is_read_as_its_kind() -> None:
    assert read(print_passport(replace(ANNA, code="PO"), astronaut())).kind == "service_passport"


@pytest.mark.slow
@pytest.mark.parametrize("degradation", BADLY_TAKEN)
def test_a_badly_taken_passport_is_never_wrong_for_certain(degradation: str) -> None:
    reading = read(print_passport(ANNA, astronaut()), degradation)
    assert wrongly_certain(reading, ANNA) == {}
    assert set(reading.problems) <= set(REASON)


@pytest.mark.slow
@pytest.mark.parametrize("degradation", BADLY_TAKEN)
def test_a_badly_taken_resident_card_is_never_wrong_for_certain(degradation: str) -> None:
    reading = read(print_resident_card(LIN, astronaut()), degradation)
    assert wrongly_certain(reading, LIN) == {}
    assert set(reading.problems) <= set(REASON)


def forged(printed: Person, machine: Person) -> Image.Image:
    """A passport with another passport's machine-readable zone."""
    page = print_passport(printed, astronaut())
    page.paste(print_passport(machine, astronaut()).crop((0, 690, 1250, 880)), (0, 690))
    return page


@pytest.mark.parametrize(
    "change",
    [{"surname": "ERIKSEN"}, {"given_names": "ANNA MARTA"}, {"number": "L898902D3"}],
    ids=lambda c: next(iter(c)),
)
def test_a_machine_zone_that_differs_from_the_print_goes_to_a_person(change: dict[str, str]) -> None:
    reading = read(forged(ANNA, replace(ANNA, **change)))  # type: ignore[arg-type] # one text field each
    verdict = decide(Evidence(TODAY, reading), SANDBOX, VerificationSettings(accept_document_without_face=True))
    assert verdict.outcome == "review"
    assert "zones_disagree" in verdict.reasons


def test_the_back_of_a_card_alone_asks_for_the_name_to_be_confirmed() -> None:
    back = print_card_td1(ANNA, astronaut()).crop((0, 672, 1027, 1320))
    reading = read(back)
    assert not reading.fields["surname"].certain
    assert {"name_unconfirmed", "no_portrait"} <= set(reading.problems)


def test_a_resident_card_whose_birth_date_differs_from_its_number_goes_to_a_person() -> None:
    page = print_resident_card(replace(LIN, birth=date(1949, 12, 30)), astronaut())
    reading = read(page)
    assert "number_disagrees" in reading.problems
    assert not reading.fields["birth_date"].certain


def test_a_resident_card_with_a_wrong_check_digit_gives_no_number() -> None:
    reading = read(print_resident_card(replace(LIN, number="110105194912310021"), astronaut()))
    assert "id_number" not in reading.fields
    assert "check_digit_wrong" in reading.problems


def test_an_expired_passport_is_refused_by_name() -> None:
    reading = read(print_passport(replace(ANNA, expiry=date(2024, 2, 29)), astronaut()))
    assert decide(Evidence(TODAY, reading), SANDBOX, VerificationSettings()).reasons == ("document_expired",)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (Image.new("RGB", (900, 600), (180, 170, 160)), "no_document"),
        (print_passport(ANNA, astronaut()).crop((0, 0, 1250, 700)), "document_cropped"),
        (print_resident_card(LIN, astronaut()).crop((640, 60, 1000, 480)), "no_document"),
    ],
    ids=["a wall", "a passport cut above its lines", "only the portrait"],
)
def test_what_is_no_whole_document_says_what_to_do_next(page: Image.Image, problem: str) -> None:
    reading = read(page)
    assert (reading.kind, reading.problems) == ("unknown", (problem,))
    assert decide(Evidence(TODAY, reading), SANDBOX, VerificationSettings()).outcome == "review"
