"""The rows of Alloggiati Web, by position."""

import dataclasses
from datetime import date

import pytest

from gateway.domain.filings.record import PersonFacts
from gateway.registries.italy.places import BadTable, read_places
from gateway.registries.italy.record import row
from tests.contract.registries.italy import CARLA, DIEGO, ROME
from tests.contract.registry_cases import base_record
from tests.unit.gateway.registries.test_bad_input import PLACES

STAY = dataclasses.replace(base_record(ROME).stay, from_at=1_773_151_200, until_at=1_773_306_000)
TODAY = date(2026, 3, 10)


def row_of(person: PersonFacts) -> str:
    return row(person, base_record(ROME, CARLA, DIEGO, stay=STAY), PLACES, TODAY)


def test_a_head_of_family_born_in_rome() -> None:
    text = row_of(CARLA)
    assert len(text) == 168
    assert text[0:14] == "1710/03/202602"
    assert text[14:64] == "D'ANGELO FORLI".ljust(50)
    assert text[64:94] == "CARLA".ljust(30)
    assert text[94:105] == "230/06/1979"
    assert text[105:134] == "412058091RM100000100100000100"
    assert text[134:168] == "IDENT" + "CA00000AA".ljust(20) + "403015146"


def test_a_member_born_abroad_shows_no_document() -> None:
    text = row_of(DIEGO)
    assert len(text) == 168
    assert text[0:2] == "19"
    assert text[105:116] == " " * 11
    assert text[116:134] == "100000216100000216"
    assert text[134:168] == " " * 34


def test_a_state_the_police_call_otherwise_is_found() -> None:
    places = read_places(
        "Codice;Descrizione;Provincia;DataFineVal\n100000100;ITALIA;;\n100000536;STATI UNITI D'AMERICA;;\n"
        "100000224;IUGOSLAVIA;;31/12/1991\n"
    )
    assert places.state("USA") == "100000536"
    assert places.state("YUG") == ""
    assert places.state("ITA") == "100000100"


def test_the_tables_version_is_its_content() -> None:
    other = read_places("Codice;Descrizione;Provincia;DataFineVal\n100000100;ITALIA;;\n")
    assert other.table.version != PLACES.table.version


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "Codice;Descrizione;Provincia;DataFineVal\n1;X;;soon\n"])
def test_another_layout_is_no_table(text: str) -> None:
    with pytest.raises(BadTable):
        read_places(text)
