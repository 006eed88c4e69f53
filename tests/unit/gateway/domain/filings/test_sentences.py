"""Our own texts about a record exist in Chinese; an authority's texts are shown unchanged."""

import re
from pathlib import Path

import pytest

import gateway
from gateway.domain.filings.changes import WHY_NOTHING
from gateway.domain.filings.sentences import LOST_ZH, RULES_ZH, WHOLE_ZH, problem_zh, sentence_zh
from gateway.journey.filings.records import CANCELLED, NOBODY_TO_TELL, REPLACED

HERE = Path(gateway.__file__).parent
SOURCES = [*HERE.glob("registries/**/*.py"), HERE / "domain/filings/field_rules.py", HERE / "domain/filings/record.py"]
RULE = re.compile(r'FieldProblem\(\s*[^,]+,\s*"([a-z_]+)"')


def rules_in_use() -> set[str]:
    """Codes of all rules that our checks may report."""
    return {rule for file in SOURCES for rule in RULE.findall(file.read_text(encoding="utf-8"))}


def test_every_rule_has_its_chinese_sentence() -> None:
    assert len(rules_in_use()) > 10
    assert rules_in_use() <= RULES_ZH.keys()


@pytest.mark.parametrize("sentence", [WHY_NOTHING, NOBODY_TO_TELL, CANCELLED, REPLACED])
def test_what_was_not_sent_is_explained_in_chinese(sentence: str) -> None:
    assert sentence in WHOLE_ZH


@pytest.mark.parametrize(
    ("code", "sentence", "chinese"),
    [
        ("missing:people[0].phone", "The phone is missing.", RULES_ZH["missing"]),
        ("too_long:people[0].surname", "… (1 more)", RULES_ZH["too_long"]),
        ("outcome_unknown", "no answer (ServerDisconnectedError)", LOST_ZH),
        ("12", "Campo errato: cognome", "Campo errato: cognome"),
        ("missing", "an authority that has a code of this name", "an authority that has a code of this name"),
    ],
)
def test_our_refusals_are_chinese_and_an_authoritys_words_are_its_own(code: str, sentence: str, chinese: str) -> None:
    assert sentence_zh(code, sentence) == chinese


def test_a_problem_before_sending_is_reported_by_its_rule() -> None:
    assert problem_zh("no_contact", "A phone number or an e-mail address is needed.") == RULES_ZH["no_contact"]
    assert problem_zh("a_rule_to_come", "In English.") == "In English."
