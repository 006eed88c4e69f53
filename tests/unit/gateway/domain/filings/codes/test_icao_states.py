"""State codes of machine-readable zones as facts have them, against the tables of ICAO Doc 9303-3 section 5."""

import dataclasses
from datetime import date

import pytest

from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import ISSUING, NATIONALITIES, issuing_country, nationality
from gateway.domain.filings.deadlines import deadline
from gateway.domain.verification.mrz import check_digit, parse_mrz
from gateway.domain.verification.zone_facts import zone_facts
from gateway.journey.filings.person_fields import person_facts
from tests.unit.gateway.registries.registry_facts import GUEST, RECORD

# Doc 9303-3 (8th edition, 2021) section 5: every code of parts A to H that ISO 3166-1 does not assign, with the
# country it stands for; "" for issuers without nationals, itself for persons without a defined nationality.
DOC_9303_3 = {
    "D": "DEU", "GBD": "GBR", "GBN": "GBR", "GBO": "GBR", "GBP": "GBR", "GBS": "GBR", "RKS": "RKS",
    "EUE": "",
    "UNO": "", "UNA": "", "UNK": "RKS",
    "XBA": "", "XIM": "", "XCC": "", "XCE": "", "XCO": "", "XEC": "", "XPO": "", "XES": "", "XMP": "", "XOM": "",
    "XDC": "",
    "XXA": "XXA", "XXB": "XXB", "XXC": "XXC", "XXX": "XXX",
    "ANT": "NLD", "NTZ": "",
    "UTO": "UTO",
    "IAO": "",
}  # fmt: skip
TODAY = date(2026, 11, 28)


def passport(state: str, holder: str) -> list[str]:
    """A TD3 zone of this issuer and nationality, with valid check digits."""
    number, born, expires, optional = "C01X0006H", "640812", "271130", "<" * 14
    second = number + check_digit(number) + holder.ljust(3, "<") + born + check_digit(born) + "F"
    second += expires + check_digit(expires) + optional + "<"
    second += check_digit(second[:10] + second[13:20] + second[21:43])
    return [f"P<{state.ljust(3, '<')}MUSTERMANN<<ERIKA".ljust(44, "<"), second]


@pytest.mark.parametrize(("code", "means"), DOC_9303_3.items())
def test_every_code_of_doc_9303_that_is_not_isos_has_a_meaning(code: str, means: str) -> None:
    assert nationality(code) == means
    assert nationality(code.ljust(3, "<")) == means
    assert issuing_country(code) == (means or code)
    zone = parse_mrz(passport(code, code))
    assert (zone.fields["state"], zone.fields["nationality"]) == (means or code, means)
    assert all(zone.checks.values())


def test_a_nationality_is_a_country_kosovo_or_an_undefined_one() -> None:
    named = {means for means in DOC_9303_3.values() if means and means != "UTO"}
    assert named <= NATIONALITIES.valid_on(TODAY)
    assert not {"", "D", "UTO", "UNO", "EUE", "ESP ", "esp", "ES", "Spain"} & NATIONALITIES.valid_on(TODAY)


def test_every_issuer_but_the_specimens_and_the_neutral_zone_may_have_issued_a_document() -> None:
    issuers = {issuing_country(code) for code in DOC_9303_3}
    assert issuers - ISSUING.valid_on(TODAY) == {"UTO", "NTZ"}


def test_countries_of_iso_are_unchanged() -> None:
    codes = COUNTRIES.valid_on(TODAY)
    assert len(codes) == 250  # the 249 of ISO 3166-1, and Kosovo
    assert all(nationality(code) == issuing_country(code) == code for code in codes)


@pytest.mark.parametrize(("old", "now"), [("ROM", "ROU"), ("ZAR", "COD"), ("TMP", "TLS"), ("ZIM", "ZWE")])
def test_a_code_replaced_for_the_same_state_is_todays(old: str, now: str) -> None:
    assert nationality(old) == now


def test_outside_05_no_record_is_required_in_germany_for_the_holder_of_a_german_passport() -> None:
    zone = parse_mrz(passport("D", "D"))
    assert (zone.fields["state"], zone.fields["nationality"]) == ("DEU", "DEU")
    german = dataclasses.replace(GUEST, nationality=zone.fields["nationality"])
    unit = dataclasses.replace(RECORD.unit, jurisdiction="de", timezone="Europe/Berlin")
    record = dataclasses.replace(RECORD, unit=unit, people=(german,))
    assert deadline(record, 0) is None
    assert deadline(dataclasses.replace(record, people=(dataclasses.replace(german, nationality="D"),)), 0) is not None


def test_outside_05_a_german_passport_becomes_the_facts_of_a_german() -> None:
    read = zone_facts(parse_mrz(passport("D", "D")))
    facts = person_facts("p1", read)
    assert (facts.nationality, facts.document.issuing_country) == ("DEU", "DEU")


def test_a_document_of_the_united_nations_tells_no_nationality() -> None:
    facts = person_facts("p1", zone_facts(parse_mrz(passport("UNO", "UNO"))))
    assert (facts.nationality, facts.document.issuing_country) == ("", "UNO")


def test_fields_sealed_before_the_codes_were_mapped_are_mapped() -> None:
    facts = person_facts("p1", {"surname": "Muster", "nationality": "D", "issuing_state": "D"})
    assert (facts.nationality, facts.document.issuing_country) == ("DEU", "DEU")
