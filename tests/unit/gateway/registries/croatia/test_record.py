"""What goes to eVisitor, by its list of fields and by the simulated eVisitor's rules."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.registries.croatia import rules as authority
from firmware_sim.registries.croatia.lists import LISTS
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.eu_members import EUROPEAN_UNION
from gateway.domain.filings.codes.icao_states import STATELESS, UNDEFINED_NATIONALITY
from gateway.domain.filings.record import Address, Document, Entry, PersonFacts, Registration
from gateway.domain.filings.transliteration import LATIN
from gateway.registries import REGISTRIES
from gateway.registries.croatia import codes, record, rules
from gateway.registries.croatia.lookups import CROSSINGS, DOCUMENT_IDS, crossings_of, document_ids_of
from gateway.registries.fetched_tables import forget, keep
from tests.contract.registries.croatia import LUKAS, SPLIT
from tests.contract.registry_cases import base_record, born

TODAY = date.today()
EU = sorted(code.code for code in EUROPEAN_UNION)
ENTERED = Entry("202", TODAY.isoformat())


@pytest.fixture
def lists() -> Iterator[None]:
    """eVisitor's lists, as the simulated one shows them."""
    keep({CROSSINGS: crossings_of({"Records": LISTS["BorderCrossingHRlookup"]}),
          DOCUMENT_IDS: document_ids_of({"Records": LISTS["DocumentTtypeLookup"]})})  # fmt: skip
    yield
    forget()


def found(filed: Registration) -> list[tuple[str, str]]:
    problems = rules.problems(filed, filed.stay.from_at + 60)
    return [(problem.field.removeprefix("people[0]."), problem.rule) for problem in problems]


def sent(filed: Registration) -> dict[str, str]:
    return record.action(filed, filed.people[0], filed.stay.from_at + 60)[1]


def answered(filed: Registration) -> str | None:
    """What the simulated eVisitor says of the check-in."""
    return authority.check_in_fault(sent(filed), datetime.now(authority.ZAGREB).replace(tzinfo=None))


def guest(**changes: Any) -> PersonFacts:
    return dataclasses.replace(LUKAS, **changes)


@pytest.mark.parametrize("country", sorted(COUNTRIES.valid_on(TODAY)))
def test_every_citizenship_and_country_of_birth_is_taken(country: str) -> None:
    place = "Zagreb-Adamovec" if country == "HRV" else "Mesto"
    filed = base_record(SPLIT, guest(nationality=country, birth_country=country, birth_place=place))
    assert (found(filed), answered(filed)) == ([], None)


@pytest.mark.parametrize("country", sorted(COUNTRIES.valid_on(TODAY)))
@pytest.mark.usefixtures("lists")
def test_who_lives_outside_the_european_union_says_where_and_when_they_entered(country: str) -> None:
    city = "Split-Žrnovnica" if country == "HRV" else "Mesto"
    home = Address(municipality=city, country=country)
    bare, entered = (base_record(SPLIT, guest(residence=home, entry=entry)) for entry in (Entry(), ENTERED))
    if country in EU:
        assert (found(bare), answered(bare)) == ([], None)
        assert not {"BorderCrossingHr", "PassageDate"} & {*sent(entered)}
    else:
        assert found(bare) == [("entry.crossing", "missing"), ("entry.day", "not_a_date")]
        assert answered(bare) == "Potrebno je upisati granični prijelaz, te datum prijelaza."
        assert (sent(entered)["BorderCrossingHr"], sent(entered)["PassageDate"]) == ("202", f"{TODAY:%Y%m%d}")
    assert (found(entered), answered(entered)) == ([], None)


@pytest.mark.parametrize("country", sorted(COUNTRIES.valid_on(TODAY)))
def test_the_page_asks_for_the_entry_where_evisitor_requires_it(country: str) -> None:
    asked = REGISTRIES["hr"].facts.only_if
    for path in ("entry.crossing", "entry.day"):
        assert (country in asked[path]["residence.country"]) is (country not in EU)


@pytest.mark.parametrize(
    ("entry", "problem", "answer"),
    [
        (Entry("999", ENTERED.day), ("entry.crossing", "unknown_code"), "Neispravna šifra: BorderCrossingHr."),
        (Entry("106", ENTERED.day), ("entry.crossing", "unknown_code"), "Neispravna šifra: BorderCrossingHr."),
        (Entry("202", "2026-02-30"), ("entry.day", "not_a_date"), "Neispravan datum ili vrijeme."),
        (
            Entry("202", (TODAY + timedelta(3)).isoformat()),
            ("entry.day", "impossible_date"),
            "Datum prijelaza je veći od datuma boravka od.",
        ),
    ],
)
@pytest.mark.usefixtures("lists")
def test_a_wrong_entry_is_refused_by_both(entry: Entry, problem: tuple[str, str], answer: str) -> None:
    filed = base_record(SPLIT, guest(residence=Address(municipality="Mesto", country="USA"), entry=entry))
    assert (found(filed), answered(filed)) == ([problem], answer)


def test_a_crossing_is_not_refused_while_the_list_was_not_read() -> None:
    forget()
    home = Address(municipality="Mesto", country="USA")
    assert found(base_record(SPLIT, guest(residence=home, entry=dataclasses.replace(ENTERED, crossing="999")))) == []


@pytest.mark.parametrize("nationality", [*sorted(UNDEFINED_NATIONALITY.keys() - {STATELESS}), "YUG", "UTO", "D"])
def test_who_has_no_citizenship_of_a_country_is_asked_for_it(nationality: str) -> None:
    assert found(base_record(SPLIT, guest(nationality=nationality))) == [("nationality", "unknown_code")]


@pytest.mark.usefixtures("lists")
def test_the_rule_against_a_stateless_person_is_one_of_its_own_as_evisitor_has_no_code() -> None:
    assert found(base_record(SPLIT, guest(nationality=STATELESS))) == [("nationality", "no_citizenship")]


@pytest.mark.usefixtures("lists")
def test_a_croatian_passport_has_the_code_of_evisitors_own_list() -> None:
    filed = base_record(SPLIT, guest(document=Document("passport", "123456789", "HRV")))
    assert (found(filed), answered(filed), sent(filed)["DocumentType"]) == ([], None, "001")
    forget()
    assert found(filed) == [("document.kind", "unknown_code")]


def test_the_code_tables_are_those_of_the_simulated_authority() -> None:
    assert STATES == authority.COUNTRIES
    assert {code.code for code in codes.DOCUMENTS} == authority.DOCUMENTS - {authority.CROATIAN_PASSPORT}
    kinds = [(kind, issuer) for kind in ("passport", "national_id", "residence_permit", "driving_licence")
             for issuer in ("HRV", "DEU")]  # fmt: skip
    sent_types = {codes.document_type(Document(kind, "1", issuer)) for kind, issuer in kinds}  # type: ignore[arg-type]
    assert sent_types - {""} <= authority.DOCUMENTS


STATES = {code.code for code in codes.STATES if code.valid(TODAY)}


@pytest.mark.parametrize(("years", "days", "category"), [(0, 30, "1"), (12, -2, "1"), (12, 2, "2"), (18, -2, "2"),
                                                         (18, 2, "14"), (90, 0, "14")])  # fmt: skip
def test_the_category_of_the_sojourn_tax_follows_the_age(years: int, days: int, category: str) -> None:
    filed = base_record(SPLIT, guest(birth_date=born(years, TODAY, days=days)))
    assert (found(filed), answered(filed)) == ([], None)
    assert sent(filed)["TTPaymentCategory"] == category


@pytest.mark.parametrize(
    ("kind", "issuer", "code"),
    [
        ("passport", "DEU", "002"),
        ("national_id", "DEU", "027"),
        ("national_id", "HRV", "051"),
        ("residence_permit", "HRV", "024"),
        ("driving_licence", "HRV", "103"),
        ("residence_permit", "DEU", ""),
        ("other", "DEU", ""),
    ],
)
def test_a_document_has_the_code_of_its_kind_and_issuer(kind: Any, issuer: str, code: str) -> None:
    filed = base_record(SPLIT, guest(document=Document(kind, "X1234567", issuer)))
    assert sent(filed).get("DocumentType", "") == code
    assert found(filed) == ([] if code else [("document.kind", "unknown_code")])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"surname": "", "given_names": "Min"}, ("surname", "missing")),
        ({"surname": "A" * 65}, ("surname", "too_long")),
        ({"given_names": "Иван"}, ("given_names", "unspellable")),
        ({"sex": "unknown"}, ("sex", "unknown_code")),
        ({"birth_date": "1990-02-30"}, ("birth_date", "not_a_date")),
        ({"nationality": ""}, ("nationality", "missing")),
        ({"document": Document()}, ("document.kind", "missing")),
        ({"document": Document("passport", "", "DEU")}, ("document.number", "missing")),
        ({"document": Document("passport", "1" * 17, "DEU")}, ("document.number", "too_long")),
        ({"birth_country": ""}, ("birth_country", "missing")),
        ({"birth_country": "GER"}, ("birth_country", "unknown_code")),
        ({"birth_place": ""}, ("birth_place", "missing")),
        ({"birth_place": "K" * 65}, ("birth_place", "too_long")),
        ({"birth_country": "HRV", "birth_place": "Zagreb"}, ("birth_place", "wrong_shape")),
        ({"residence": Address(municipality="Köln")}, ("residence.country", "missing")),
        ({"residence": Address(country="DEU")}, ("residence.municipality", "missing")),
        ({"residence": Address(municipality="Split", country="HRV")}, ("residence.municipality", "wrong_shape")),
    ],
)
def test_what_evisitor_refuses_is_refused_before_sending(changes: dict[str, Any], problem: tuple[str, str]) -> None:
    assert found(base_record(SPLIT, guest(**changes))) == [problem]


@pytest.mark.parametrize("code", ["", "A-1", "12345678901"])
def test_the_accommodations_code_is_checked(code: str) -> None:
    problems = found(base_record(dataclasses.replace(SPLIT, registered_as=code), LUKAS))
    assert [at for at, _ in problems] == ["unit.registered_as"]


def test_a_stay_within_one_minute_is_refused_by_both() -> None:
    filed = base_record(SPLIT, LUKAS)
    begins = filed.stay.from_at // 60 * 60
    short = dataclasses.replace(filed, stay=dataclasses.replace(filed.stay, from_at=begins, until_at=begins + 59))
    assert found(short) == [("stay.until_at", "ends_before_it_begins")]
    assert answered(short) == "Upisano vrijeme odlaska je manje od upisanog vremena dolaska."


def test_a_persons_only_name_stands_in_both_fields() -> None:
    filed = base_record(SPLIT, guest(surname="Suharto", given_names=""))
    assert (found(filed), answered(filed)) == ([], None)
    assert (sent(filed)["TouristSurname"], sent(filed)["TouristName"]) == ("Suharto", "Suharto")


def test_a_change_has_the_id_of_the_check_in_and_another_check_in_has_another() -> None:
    filed = base_record(SPLIT, LUKAS)
    change = dataclasses.replace(filed, reference="another", kind="change", corrects=sent(filed)["ID"])
    other = dataclasses.replace(filed, people=(guest(id="p2"),))
    anew = dataclasses.replace(filed, reference="another")
    assert sent(change)["ID"] == sent(filed)["ID"]
    assert len({sent(one)["ID"] for one in (filed, other, anew)}) == 3
    assert authority.guid_fault(sent(filed)) is None


def test_nobody_is_checked_out_at_a_time_to_come() -> None:
    filed = dataclasses.replace(base_record(SPLIT, LUKAS), kind="check_out")
    name, form = record.action(filed, LUKAS, filed.stay.from_at + 7200)
    now = datetime.fromtimestamp(filed.stay.from_at + 7200, authority.ZAGREB)
    assert (name, form["CheckOutDate"], form["CheckOutTime"]) == (
        "CheckOutTourist", now.strftime("%Y%m%d"), now.strftime("%H:%M")
    )  # fmt: skip
    left = record.action(filed, LUKAS, filed.stay.until_at + 86_400)[1]
    until = datetime.fromtimestamp(filed.stay.until_at, authority.ZAGREB)
    assert left["CheckOutTime"] == until.strftime("%H:%M")


TEXT = st.text(st.sampled_from(LATIN + " '-."), min_size=1, max_size=70)


@given(
    surname=TEXT,
    given_names=TEXT,
    birth_place=TEXT,
    town=TEXT,
    number=st.text(st.sampled_from("ABC0123456789"), max_size=20),
    country=st.sampled_from([*EU, "USA", "RKS"]),
    birth_country=st.sampled_from(["HRV", "RKS", "DEU"]),
    kind=st.sampled_from(["passport", "national_id", "residence_permit", "driving_licence", "none"]),
    age=st.integers(0, 100),
)
def test_what_the_rules_take_the_authority_takes(
    surname: str, given_names: str, birth_place: str, town: str, number: str, country: str, birth_country: str,
    kind: Any, age: int,
) -> None:  # fmt: skip
    person = guest(
        surname=surname, given_names=given_names, birth_place=birth_place, birth_country=birth_country,
        birth_date=born(age, TODAY, days=1), document=Document(kind, number, country),
        residence=Address(municipality=town, country=country),
    )  # fmt: skip
    filed = base_record(SPLIT, person)
    if not found(filed):
        assert answered(filed) is None
