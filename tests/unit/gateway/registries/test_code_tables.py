"""Code tables of authorities, against the simulated authority's own copy line by line."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from pydantic import ValidationError

from firmware_sim.registries.china import form
from firmware_sim.registries.countries import ISO_3166_1, ISSUERS
from firmware_sim.registries.spain import reader
from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.icao_states import ISSUING
from gateway.registries.china import rules
from gateway.registries.china.regions import regions
from gateway.registries.spain.codes import DOCUMENT_TYPES, PAYMENT_TYPES, RELATIONS
from tests.contract.registries.china import EVE, HANGZHOU
from tests.contract.registry_cases import base_record

TODAY = date(2026, 11, 28)
XS = "{http://www.w3.org/2001/XMLSchema}"


def test_countries_are_those_of_iso_3166() -> None:
    assert COUNTRIES.valid_on(TODAY) - {KOSOVO} == ISO_3166_1
    assert ISSUING.valid_on(TODAY) - {"IAO"} <= ISSUERS


def enumerated(name: str) -> set[str]:
    """The values that the simulated ministry's schema allows an element."""
    schema = etree.parse(Path(reader.__file__).with_name("altaParteHospedaje.xsd"))
    (element,) = schema.iterfind(f".//{XS}element[@name='{name}']")
    values = {item.get("value", "") for item in element.iter(f"{XS}enumeration", f"{XS}pattern")}
    return {code for value in values for code in value.split("|")}


def test_the_ministrys_codes_are_those_of_its_schema() -> None:
    assert {code.code for code in PAYMENT_TYPES} == enumerated("tipoPago")
    assert {code.code for code in DOCUMENT_TYPES} == enumerated("tipoDocumento")
    assert {code.code for code in RELATIONS} == enumerated("parentesco")


def test_china_files_in_every_county_and_nowhere_else() -> None:
    assert {code.code for code in regions()} == form._counties()
    assert len(regions()) == 2978


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("330106", True),
        ("330103", False),  # Xiacheng, merged in 2021
        ("330113", True),  # Linping, made in 2021
        ("330100", False),
        ("990101", False),
    ],
)
def test_a_county_is_known_if_it_is_in_force(code: str, known: bool) -> None:
    unit = dataclasses.replace(HANGZHOU, address=dataclasses.replace(HANGZHOU.address, municipality_code=code))
    record = base_record(unit, EVE)
    found = {(problem.field, problem.rule) for problem in rules.problems(record, record.stay.from_at + 60)}
    assert found == (set() if known else {("unit.address.municipality_code", "unknown_code")})
    dwelling = {"code": "D", "region": code, "address": "A"}
    if known:
        assert form.Dwelling.model_validate(dwelling).region == code
        return
    with pytest.raises(ValidationError):
        form.Dwelling.model_validate(dwelling)
