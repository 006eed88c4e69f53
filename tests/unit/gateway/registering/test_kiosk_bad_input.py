"""Wrong answers at a kiosk: all of them are named at once, by the labels of their questions, in the tenant's language.

The page then lists the sentences and leads from each to its question, where the answer still stands; the browser's test
of the kiosk shows that.
"""

from itertools import cycle
from typing import Any

import pytest

from gateway.domain.filings.required_facts import asked_by_all
from gateway.registering.kiosk import MAX_LINES
from gateway.registries import REGISTRIES
from gateway.store import Person, Unit
from gateway.texts.families import code_text
from gateway.texts.languages import LANGUAGES
from tests.parts.world import report_to
from tests.unit.api.web.refused_form import OPENING, TEXTS, faults_of
from tests.unit.gateway.registering.test_kiosk import ANY_PASSPORT, Counter, counter

__all__ = ("counter",)
MAX_TYPED, MAX_SHOWN = 120, 200  # characters of an answer and of a line at the kiosk


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_answer_at_the_kiosk_is_named(counter: Counter, registry: str) -> None:
    token = counter.world.offer()
    with counter.gateway.database.writing() as session:
        report_to(session.get_one(Unit, counter.world.unit_id), registry)
    asked = [*asked_by_all([REGISTRIES[registry].facts]).of_tenant]
    assert len(asked) <= MAX_LINES, "all of them can be wrong"
    opening = {name.removeprefix("fact."): text for name, text in OPENING[registry].items() if "fact." in name}
    document = {name: text for name, text in OPENING[registry].items() if "fact." not in name}
    wrong: list[dict[str, str]] = [dict.fromkeys(asked, text[:MAX_TYPED]) for text in ("", *TEXTS)]
    rounds = [
        *((ANY_PASSPORT, facts) for facts in wrong),
        *((ANY_PASSPORT | document, facts | opening) for facts in wrong),
    ]
    found: list[str] = []
    named: set[str] = set()
    for language, (shown, facts) in zip(cycle(LANGUAGES), rounds):
        answers: dict[str, Any] = {name: text for name, text in facts.items() if text}
        screen = await counter.hand_in(token, language=language, document=shown, **answers)
        assert screen["screen"] == "refused", answers
        for name, line in zip(screen["fields"], screen["lines"], strict=True):
            found += [f"{name}: {why}: {line}" for why in faults_of(code_text(language, "fact", name), line, language)]
            found += [f"{name} is cut: {line}"] if len(line) >= MAX_SHOWN else []
        named |= {*screen["fields"]}
    assert (found, {*asked} - named) == ([], set())
    with counter.gateway.database.reading() as session:
        assert session.query(Person).count() == 0
