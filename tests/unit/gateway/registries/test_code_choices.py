"""Names of an authority's table: found while typing, and turned into exactly one code."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import InputRefused
from gateway.domain.filings.fill import fill
from gateway.domain.filings.record import Document, PersonFacts
from gateway.registries import REGISTRIES
from gateway.registries.code_choices import MAX_FOUND, coded, has_table, search_codes, short_tables
from gateway.registries.italy.places import comune_names
from gateway.registries.spain.municipalities import PROVINCES, municipality_names
from gateway.texts.record import FACT, FACT_HINT

TODAY = date(2026, 11, 28)
INE, BORN, ISSUED = "residence.municipality_code", "birth_place_code", "document.issuing_place_code"
TABLES = [(name, path) for name, profile in REGISTRIES.items() for path in profile.code_tables]


@pytest.mark.parametrize(
    ("registry", "path", "typed", "code"),
    [
        ("es", INE, "Alcorcón", "28007"),
        ("es", INE, "alcorcon", "28007"),
        ("es", INE, "Alcorcón (Madrid)", "28007"),
        ("es", INE, "28007", "28007"),
        ("es", INE, "Alicante", "03014"),
        ("es", INE, "Alacant", "03014"),
        ("es", INE, "A Coruña", "15030"),
        ("es", INE, "La Zarza (Badajoz)", "06162"),
        ("it", BORN, "roma", "412058091"),
        ("it", ISSUED, "ROMA (RM)", "412058091"),
        ("it", BORN, "Forlì", "408140012"),
        ("cn", "visa.kind", "Q1", "Q1"),
    ],
)
def test_a_name_as_people_type_it_is_one_code(registry: str, path: str, typed: str, code: str) -> None:
    assert coded([registry], {path: typed, "phone": "+34910000000"}, TODAY) == {path: code, "phone": "+34910000000"}


@pytest.mark.parametrize(
    ("registry", "path", "typed", "reason"),
    [
        ("es", INE, "Sada", "code_of_several"),
        ("es", INE, "La Zarza", "code_of_several"),
        ("it", BORN, "Samone", "code_of_several"),
        ("es", INE, "Atlantis", "code_unknown"),
        ("es", INE, "Madri", "code_unknown"),
        ("es", INE, "99999", "code_unknown"),
        ("es", INE, "?", "code_unknown"),
        ("cn", "visa.kind", "tourist", "code_unknown"),
    ],
)
def test_a_name_that_is_no_single_entry_is_refused_with_its_field(
    registry: str, path: str, typed: str, reason: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        coded([registry], {path: typed}, TODAY)
    assert refused.value.extra["fields"] == [{"field": path, "code": reason}]


def test_the_place_itself_comes_first_and_then_the_names_that_begin_so() -> None:
    names = [entry.name for entry in search_codes(["es"], INE, "madrid", TODAY)]
    assert names[0] == "Madrid (Madrid)"
    begun = [entry.name for entry in search_codes(["it"], BORN, "rom", TODAY)]
    assert begun[:2] == ["ROMA (RM)", "ROMAGNANO AL MONTE (SA)"]
    namesakes = [entry.name for entry in search_codes(["es"], INE, "sada", TODAY)]
    assert namesakes[:2] == [
        "Sada (A Coruña)",
        "Sada (Navarra)",
    ]


@pytest.mark.parametrize(
    ("registry", "path", "text"), [("es", INE, "m"), ("es", "phone", "madrid"), ("sandbox", INE, "ma")]
)
def test_too_few_letters_or_no_table_find_nothing(registry: str, path: str, text: str) -> None:
    assert search_codes([registry], path, text, TODAY) == ()


@given(st.text(max_size=60), st.integers(1, 1000))
def test_no_text_breaks_the_search_or_makes_it_long(text: str, limit: int) -> None:
    for registry, path in TABLES:
        assert len(search_codes([registry], path, text, TODAY, limit)) <= min(limit, MAX_FOUND)


@given(st.data())
def test_every_name_that_the_search_shows_is_accepted_as_its_code(data: st.DataObject) -> None:
    """What the list offers is what the form sends, so each shown name has to be one entry."""
    table = data.draw(st.sampled_from([("es", INE, municipality_names), ("it", BORN, comune_names)]))
    registry, path, names = table
    code, name = data.draw(st.sampled_from(names(TODAY)))
    assert coded([registry], {path: name}, TODAY) == {path: code}
    assert name in [entry.name for entry in search_codes([registry], path, name, TODAY)]


def test_every_shown_name_is_shown_once() -> None:
    for names in (municipality_names(TODAY), comune_names(TODAY)):
        assert len({name for _, name in names}) == len(names) > 7000


def test_every_province_of_a_municipality_has_a_name() -> None:
    assert len(PROVINCES) == 52
    assert {code[:2] for code, _ in municipality_names(TODAY)} == PROVINCES.keys()
    assert (PROVINCES["28"], PROVINCES["01"], PROVINCES["52"]) == ("Madrid", "Araba/Álava", "Melilla")


def test_short_tables_are_listed_whole_and_long_ones_searched() -> None:
    assert "Q1" in [entry.code for entry in short_tables(["es", "cn"], TODAY)["visa.kind"]]
    assert short_tables(["es", "cn"], TODAY)[INE] == ()


@pytest.mark.parametrize("registry", REGISTRIES)
def test_tables_and_conditions_are_of_facts_that_are_asked_and_said_to_whom(registry: str) -> None:
    profile = REGISTRIES[registry]
    asked = profile.facts.of_tenant
    assert {*profile.code_tables, *profile.facts.only_if} <= {*asked}
    assert {*profile.facts.at_home, *profile.facts.minor} <= {*FACT_HINT}, "without scripts everybody sees them"
    person = PersonFacts("p", "A", "B", "1990-01-01", "ITA", Document())
    for deciding in profile.facts.only_if.values():
        known = [name for name in deciding if name in asked]
        assert fill(person, dict.fromkeys(known, "ITA")) is not person or not known
        assert {*deciding} - {*known} <= {"document_kind", "issuing_state"}
    assert {*asked} <= {*FACT}
    assert all(has_table([registry], path) for path in profile.code_tables)
