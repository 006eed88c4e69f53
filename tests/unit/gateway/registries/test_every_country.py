"""Everyone at every registry, by the simulated authority: every country, Kosovo, stateless persons and refugees."""

import base64
import dataclasses
from datetime import date, datetime

import pytest
from lxml import etree

from api.web.shell.countries import nationality_choices
from firmware_sim.registries.china import form
from firmware_sim.registries.countries import ISO_3166_1, ISSUERS
from firmware_sim.registries.czechia import reader as ubyport
from firmware_sim.registries.portugal import service as siba
from firmware_sim.registries.sandbox import form as sandbox_form
from firmware_sim.registries.spain import reader
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import ISSUING, NATIONALITIES, SPECIMEN
from gateway.domain.filings.field_rules import arrival_day
from gateway.domain.filings.record import Address, Document, FieldProblem, PersonFacts, Registration, Visa
from gateway.registries.china import record as china_record
from gateway.registries.china import rules as china_rules
from gateway.registries.czechia import record as czech_record
from gateway.registries.czechia.codes import nationality_code
from gateway.registries.italy.places import bundled_places
from gateway.registries.portugal import record as portugal_record
from gateway.registries.sandbox import record as sandbox_record
from gateway.registries.spain import record as spain_record
from gateway.registries.spain import rules as spain_rules
from gateway.registries.spain.codes import country_code
from gateway.registries.spain.municipalities import municipalities
from tests.contract.registries.china import HANGZHOU
from tests.contract.registries.czechia import PRAGUE, UBYTOVATEL
from tests.contract.registries.portugal import LISBON, SENHORIO
from tests.contract.registries.spain import MADRID
from tests.contract.registry_cases import TRAVELLER, base_record

TODAY = date(2026, 11, 28)
PEOPLE = sorted(NATIONALITIES.valid_on(TODAY))
LIVES_IN = Address("5 Main Street", "", "10001", "New York", "", "USA")


def guest(nationality: str, **changes: object) -> PersonFacts:
    """A traveller with this nationality and a passport of the same issuer, who lives in New York."""
    passport = Document("passport", "C01X00T47", nationality)
    known = dataclasses.replace(
        TRAVELLER, nationality=nationality, document=passport, residence=LIVES_IN, phone="+12125550100",
        visa=Visa("none"),
    )  # fmt: skip
    return dataclasses.replace(known, **changes)  # type: ignore[arg-type]


def at_spain(person: PersonFacts) -> tuple[list[FieldProblem], list[tuple[str, str]]]:
    """What the rules say, and what the simulated ministry says of the record."""
    filed = base_record(MADRID, person)
    found = list(spain_rules.problems(filed, filed.stay.from_at + 60))
    if found:
        return found, []
    (communication,) = reader.communications(reader.unpacked(spain_record.arrival_report(filed)), "PV")
    return found, reader.errors(communication)


def at_portugal(person: PersonFacts) -> tuple[list[FieldProblem], list[tuple[int, str, str]]]:
    """What the rules say, and what the simulated SIBA says of the record."""
    filed = base_record(LISBON, person, landlord=SENHORIO)
    found = list(portugal_record.problems(filed, filed.stay.from_at + 60))
    return found, [] if found else siba_errors(filed)


def siba_errors(filed: Registration) -> list[tuple[int, str, str]]:
    """The simulated SIBA's errors: of its schema, else by line."""
    root = etree.fromstring(base64.b64decode(portugal_record.bulletins(filed, 1, filed.stay.from_at)))
    schema = siba._schema()
    if not schema.validate(root):
        return [(0, "75", str(schema.error_log.last_error))]
    bulletins = root.findall("{http://sef.pt/BAws}Boletim_Alojamento")
    return [error for line, bulletin in enumerate(bulletins, 1) for error in siba._line_errors(line, bulletin)]


def at_czechia(person: PersonFacts) -> tuple[list[FieldProblem], list[str]]:
    """What the rules say, and the simulated police's codes for the guest."""
    filed = base_record(PRAGUE, person, landlord=UBYTOVATEL)
    found = list(czech_record.problems(filed, filed.stay.from_at + 60))
    (sent,) = czech_record.guest_list(filed)["Ubytovani"]["Ubytovany"]
    guest = etree.Element("guest")
    for name, value in sent.items():
        said = value.isoformat() if isinstance(value, datetime) else value
        etree.SubElement(guest, f"{ubyport.DATA}{name}").text = said
    return found, ubyport.codes(guest, arrival_day(filed))


@pytest.mark.parametrize("nationality", PEOPLE)
def test_spain_takes_everyone(nationality: str) -> None:
    assert at_spain(guest(nationality)) == ([], [])


@pytest.mark.parametrize("country", sorted(COUNTRIES.valid_on(TODAY) - {"ESP"}))
def test_spain_takes_a_residence_in_every_country(country: str) -> None:
    residence = dataclasses.replace(LIVES_IN, country=country)
    assert at_spain(guest("USA", residence=residence)) == ([], [])


def test_spain_gets_iso_codes_and_no_nationality_of_who_has_none() -> None:
    assert {country_code(code) for code in PEOPLE} - ISO_3166_1 == {"XKX", ""}
    assert [country_code(code) for code in ("ESP", "RKS", "XXA", "XXB")] == ["ESP", "XKX", "", ""]


def test_spain_knows_each_municipality_of_the_ine_and_no_other() -> None:
    assert len(municipalities()) == len(reader._municipalities()) == 8132
    assert {code.code for code in municipalities()} == reader._municipalities()
    here = dataclasses.replace(LIVES_IN, country="ESP", postal_code="28013", municipality_code="28079")
    assert at_spain(guest("ESP", residence=here)) == ([], [])
    found, _ = at_spain(guest("ESP", residence=dataclasses.replace(here, municipality_code="28999")))
    assert [(problem.field, problem.rule) for problem in found] == [
        ("people[0].residence.municipality_code", "unknown_code")
    ]


@pytest.mark.parametrize("nationality", [code for code in PEOPLE if code != "PRT"])
def test_portugal_takes_every_foreigner(nationality: str) -> None:
    assert at_portugal(guest(nationality)) == ([], [])


@pytest.mark.parametrize("issuer", sorted(ISSUING.valid_on(TODAY) - NATIONALITIES.valid_on(TODAY) - {"IAO"}))
def test_portugal_takes_the_documents_of_issuers_that_are_no_state(issuer: str) -> None:
    assert issuer in ISSUERS
    assert at_portugal(guest("USA", document=Document("passport", "C01X00T47", issuer))) == ([], [])


def test_portugals_rules_refuse_the_issuer_that_its_service_does_not_know() -> None:
    person = guest("USA", document=Document("passport", "C01X00T47", "IAO"))
    found, _ = at_portugal(person)
    assert [(problem.field, problem.rule) for problem in found] == [
        ("people[0].document.issuing_country", "unknown_code")
    ]
    assert [code for _, code, _ in siba_errors(base_record(LISBON, person, landlord=SENHORIO))] == ["73"]


@pytest.mark.parametrize("nationality", [code for code in PEOPLE if code != "CZE"])
def test_czechia_takes_every_foreigner(nationality: str) -> None:
    assert at_czechia(guest(nationality)) == ([], [])


def test_czechia_gets_the_codes_of_the_polices_own_list() -> None:
    assert {nationality_code(code) for code in PEOPLE} == ubyport.STATES
    assert [nationality_code(code) for code in ("RKS", "XXA", "XXB", "XXC")] == ["XXK", *["X" * 3] * 3]


@pytest.mark.parametrize("nationality", [code for code in PEOPLE if code != "CHN"])
def test_china_takes_every_foreigner(nationality: str) -> None:
    filed = base_record(HANGZHOU, guest(nationality))
    assert list(china_rules.problems(filed, filed.stay.from_at + 60)) == []
    sent = form.Filing.model_validate(china_record.filing(filed, filed.stay.from_at + 60, {"a": "1"}))
    assert form.fault(sent) is None


@pytest.mark.parametrize("nationality", PEOPLE)
def test_the_sandbox_takes_everyone(nationality: str) -> None:
    filed = base_record(MADRID, guest(nationality))
    assert list(sandbox_record.problems(filed, filed.stay.from_at + 60)) == []
    assert sandbox_form.faults(sandbox_form.Record.model_validate(sandbox_record.record_of(filed, {}))) == []


@pytest.mark.parametrize("nationality", ["RKS", "XXA"])
def test_outside_26_kosovo_and_stateless_are_choosable_and_taken_everywhere(nationality: str) -> None:
    assert nationality in dict(nationality_choices("en"))
    for taken in (at_spain, at_portugal, at_czechia):
        assert taken(guest(nationality)) == ([], [])
    filed = base_record(HANGZHOU, guest(nationality))
    assert list(china_rules.problems(filed, filed.stay.from_at + 60)) == []
    assert bundled_places().state(nationality) == {"RKS": "100001002", "XXA": "100000999"}[nationality]


@pytest.mark.parametrize("code", [SPECIMEN, "D", "GBN", "YUG", "ES", "esp", "ZZZ"])
def test_what_is_no_nationality_is_refused_everywhere(code: str) -> None:
    for found, _ in (at_spain(guest(code)), at_portugal(guest(code)), at_czechia(guest(code))):
        assert ("people[0].nationality", "unknown_code") in {(problem.field, problem.rule) for problem in found}


@pytest.mark.parametrize(
    ("changes", "field", "sent"),
    [
        ({"surname": "Müller", "given_names": "Jr. Smith"}, "Apelido", "MUELLER"),
        ({"surname": "Smith Jr."}, "Apelido", "SMITH JR"),
        ({"document": Document("passport", "ab-12", "USA")}, "Documento_Identificacao", "AB12"),
        (
            {"residence": dataclasses.replace(LIVES_IN, municipality="São Paulo")},
            "Local_Residencia_Origem",
            "SAO PAULO",
        ),
    ],
)
def test_outside_53_siba_gets_capitals(changes: dict[str, object], field: str, sent: str) -> None:
    filed = base_record(LISBON, guest("USA", **changes), landlord=SENHORIO)
    assert list(portugal_record.problems(filed, filed.stay.from_at + 60)) == []
    assert siba_errors(filed) == []
    xml = base64.b64decode(portugal_record.bulletins(filed, 1, filed.stay.from_at)).decode()
    assert f"<{field}>{sent}</{field}>" in xml


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document": Document("passport", "号123", "USA")}, "people[0].document.number"),
        ({"document": Document("passport", "A" * 17, "USA")}, "people[0].document.number"),
        ({"residence": dataclasses.replace(LIVES_IN, municipality="")}, "people[0].residence.municipality"),
        ({"residence": dataclasses.replace(LIVES_IN, municipality="纽约")}, "people[0].residence.municipality"),
    ],
)
def test_outside_53_what_siba_cannot_store_is_refused_before_sending(changes: dict[str, object], field: str) -> None:
    found, _ = at_portugal(guest("USA", **changes))
    assert [problem.field for problem in found] == [field]


@pytest.mark.parametrize(
    ("phone", "sent"),
    [("+351210000000", "210000000"), ("00351 210 000 000", "210000000"), ("210-000-000", "210000000")],
)
def test_outside_53_siba_gets_a_phone_number_of_at_most_ten_digits(phone: str, sent: str) -> None:
    assert portugal_record.sent_phone(phone) == sent


def test_a_longer_phone_number_is_refused_before_sending_and_by_siba() -> None:
    landlord = dataclasses.replace(SENHORIO, phone="+34910000000")
    filed = base_record(LISBON, guest("USA"), landlord=landlord)
    found = list(portugal_record.problems(filed, filed.stay.from_at + 60))
    assert [(problem.field, problem.rule) for problem in found] == [("landlord.phone", "wrong_shape")]
    assert "10 digits" in found[0].sentence
    assert [code for _, code, _ in siba_errors(filed)] == ["75"]
