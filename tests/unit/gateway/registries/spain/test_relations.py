"""SES.HOSPEDAJES: who states a relation in a parte with minors, and that the simulated ministry asks for it."""

import base64
import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from firmware_sim.registries.spain.reader import communications, errors
from gateway.domain.filings.record import Document, PersonFacts, Registration
from gateway.registries.spain.record import arrival_report
from gateway.registries.spain.rules import problems
from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import base_record

NOW = 2_000_000_000
RELATIONS = (
    "grandparent", "great_grandparent", "great_grandchild", "parent_in_law", "spouse", "child", "sibling", "grandchild",
    "parent", "nephew", "in_law", "uncle", "guardian", "child_in_law", "other",
)  # fmt: skip


def minor(name: str, relation: str = "child", born: str = "2016-05-01") -> PersonFacts:
    """A person without a document."""
    return replace(ANA, id=name, birth_date=born, document=Document("none"), relation=relation)  # type: ignore[arg-type]


def parte(*people: PersonFacts) -> etree._Element:
    """The comunicacion that would be sent of these people."""
    return read(base_record(MADRID, *people))


def read(record: Registration) -> etree._Element:
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(arrival_report(record))))
    return communications(etree.fromstring(archive.read(archive.namelist()[0])), "PV")[0]


def stated(communication: etree._Element) -> list[str | None]:
    return [person.findtext("parentesco") for person in communication.findall("persona")]


def test_a_party_of_adults_states_no_relation() -> None:
    assert stated(parte(ANA, BEN)) == [None, None]
    assert stated(parte(replace(ANA, relation="spouse"), BEN)) == [None, None]


@pytest.mark.parametrize(
    ("relation", "code", "adults_code"),
    [("child", "HJ", "PM"), ("grandchild", "NI", "AB"), ("nephew", "SB", "TI"), ("sibling", "HR", "HR"),
     ("great_grandchild", "BN", "BA"), ("guardian", "TU", "TU"), ("other", "OT", "OT")],
)  # fmt: skip
def test_outside_01_a_minor_and_one_adult_state_a_relation(relation: str, code: str, adults_code: str) -> None:
    sent = parte(ANA, BEN, minor("p3", relation))
    assert stated(sent) == [adults_code, None, code]
    assert errors(sent) == []


def test_an_adult_who_states_a_relation_keeps_it() -> None:
    assert stated(parte(ANA, replace(BEN, relation="uncle"), minor("p3"))) == [None, "TI", "HJ"]


@given(st.lists(st.sampled_from(RELATIONS), min_size=1, max_size=5))
def test_whatever_the_relations_the_ministry_takes_what_the_rules_take(relations: list[str]) -> None:
    record = base_record(MADRID, BEN, *(minor(f"m{index}", word) for index, word in enumerate(relations)))
    assert list(problems(record, NOW)) == []
    assert errors(read(record)) == []


@pytest.mark.parametrize("born", ["2016-05-01", "2010-01-01"])
def test_the_ministry_refuses_minors_alone_and_a_parte_in_which_no_adult_states_a_relation(born: str) -> None:
    alone = base_record(MADRID, minor("p1", born=born))
    assert "minors_alone" in {found.rule for found in problems(alone, NOW)}
    assert [code for code, _ in errors(read(alone))] == ["10131"]
    sent = parte(ANA, minor("p2", born=born))
    silent = sent.findall("persona")[0].find("parentesco")
    assert silent is not None
    sent.findall("persona")[0].remove(silent)
    assert [code for code, _ in errors(sent)] == ["10131"]


def test_the_ministry_refuses_a_minor_without_a_relation() -> None:
    sent = parte(replace(ANA, relation="parent"), minor("p2", ""))
    assert [code for code, _ in errors(sent)] == ["10131"]
