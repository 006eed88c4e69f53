"""The kiosk's questions are those of the tenant's page, for every registry."""

from datetime import UTC, date, datetime
from itertools import combinations
from typing import Final

import pytest

from api.services.schemas import CodeShown
from api.web.kiosk import EveryQuestion, every_question, kiosk_values
from api.web.tenant.asked_facts import Asked, asked_facts
from devices.wire.kiosk.offer_question import decode_summary, encode_summary
from devices.wire.kiosk.registration import MAX_FACTS
from gateway.domain.filings.required_facts import asked_by_all
from gateway.domain.jurisdiction import profile_for
from gateway.journey.tenants.kiosk_offers import summary_for
from gateway.registries import REGISTRIES
from gateway.registries.code_choices import short_tables
from gateway.texts.languages import LANGUAGES, Language

TODAY: Final[date] = datetime.now(UTC).date()
PAIRS: Final = [*[(name,) for name in REGISTRIES], *combinations(REGISTRIES, 2)]


def on_the_tenants_page(registries: tuple[str, ...], language: Language) -> dict[str, Asked]:
    """What the tenant's page asks for a unit of these registries, by path."""
    facts = asked_by_all(REGISTRIES[name].facts for name in registries)
    tables = short_tables(registries, TODAY)
    codes = {path: [CodeShown(code=one.code, name=one.name) for one in found] for path, found in tables.items()}
    asked = asked_facts(EveryQuestion([*facts.of_tenant], codes), language, facts.of_tenant)
    return {fact.path: fact for fact in asked}


@pytest.mark.parametrize("registries", PAIRS, ids="+".join)
def test_the_kiosk_asks_what_the_tenants_page_asks_with_the_same_choices(registries: tuple[str, ...]) -> None:
    summary = summary_for(registries)
    assert decode_summary(encode_summary(summary)) == summary
    assert len(summary.asks) <= MAX_FACTS
    for language in LANGUAGES:
        at_kiosk = {fact.path: fact for fact in kiosk_values(profile_for("sandbox"), language)["facts"]}
        for path, fact in on_the_tenants_page(registries, language).items():
            assert path in summary.asks
            assert at_kiosk[path].offered == fact.offered, path
            assert (at_kiosk[path].search, at_kiosk[path].hint) == (fact.search, fact.hint), path
            assert (path in summary.tables) == bool(
                fact.search or (fact.offered and path in short_tables(registries, TODAY))
            )


@pytest.mark.parametrize("registries", PAIRS, ids="+".join)
def test_a_condition_is_about_another_question_or_a_field_of_the_document(registries: tuple[str, ...]) -> None:
    summary = summary_for(registries)
    assert {*summary.only_if, *summary.one_of, *summary.minors} <= {*summary.asks}
    deciding = {name for fields in summary.only_if.values() for name in fields}
    assert deciding - {*summary.asks} <= {"document_kind", "issuing_state", "nationality"}


def test_no_two_registries_have_different_short_tables_at_one_path() -> None:
    """The kiosk's list at a path is one for all registries."""
    every = every_question().asks_codes
    for name in REGISTRIES:
        for path, entries in short_tables([name], TODAY).items():
            assert [one.code for one in every[path]] == [one.code for one in entries]
