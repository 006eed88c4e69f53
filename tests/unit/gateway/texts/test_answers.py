"""What we say of a record ourselves is said in both languages; what an authority said stays in its own words."""

import re
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.domain.filings.changes import WHY_NOTHING
from gateway.domain.filings.record import NOT_TAKEN, UNKNOWN_REFERENCE
from gateway.journey.filings.parties import REPLACED
from gateway.journey.filings.records import CANCELLED, NOBODY_TO_TELL
from gateway.texts.outcomes import ANSWER, RULE, answer_text

HERE = Path(gateway.__file__).parent
SOURCES = [*HERE.glob("registries/**/*.py"), HERE / "domain/filings/field_rules.py", HERE / "domain/filings/record.py"]
GIVEN = re.compile(r'FieldProblem\(\s*[^,]+,\s*"([a-z_]+)"')
PROBLEMS = {"field": "people[0].phone", "more": 2}


def rules_in_use() -> set[str]:
    """Every rule's code that a check of ours may give."""
    return {rule for file in SOURCES for rule in GIVEN.findall(file.read_text(encoding="utf-8"))}


def test_every_rule_has_its_sentence() -> None:
    assert len(rules_in_use()) > 10
    assert rules_in_use() <= RULE.keys()


@pytest.mark.parametrize(
    "code",
    [WHY_NOTHING, NOBODY_TO_TELL, CANCELLED, REPLACED, UNKNOWN_REFERENCE, NOT_TAKEN],
)
def test_what_we_answer_ourselves_is_explained(code: str) -> None:
    assert code in ANSWER or code in RULE


@pytest.mark.parametrize(
    ("code", "text", "args", "english", "chinese"),
    [
        (
            "missing",
            None,
            {"field": "people[0].phone"},
            "A required field is missing. (people[0].phone)",
            "缺少必填项。（people[0].phone）",
        ),
        (
            "missing",
            None,
            PROBLEMS,
            "A required field is missing. (people[0].phone and 2 more)",
            "缺少必填项。（people[0].phone，另有 2 项）",
        ),
        (
            "outcome_unknown",
            None,
            {"cause": "no_answer", "error": "ServerDisconnectedError"},
            "outcome unknown: no answer (ServerDisconnectedError)",
            "结果未知：未收到答复（ServerDisconnectedError），请人工核实",
        ),
        ("12", "Campo errato: cognome", None, "Campo errato: cognome", "Campo errato: cognome"),
        ("12", "Campo errato", {"person": 2}, "Person 2: Campo errato", "第 2 人：Campo errato"),
        ("12", "", None, "the registry refused the record (12)", "登记机关拒绝了记录（12）"),
        ("missing", "an authority has this code too", None, *["an authority has this code too"] * 2),
        ("receiver_refused", None, {"status": 410}, "The receiver rejected the record (status 410).", None),
        (None, None, None, None, None),
    ],
)
def test_our_codes_are_translated_and_an_authoritys_words_are_its_own(
    code: str | None, text: str | None, args: dict[str, Any] | None, english: str | None, chinese: str | None
) -> None:
    assert answer_text("en", code, text, args) == english
    if chinese is not None:
        assert answer_text("zh-CN", code, text, args) == chinese
