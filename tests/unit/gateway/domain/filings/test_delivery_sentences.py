"""Every delivery outcome that the relay writes has a Chinese text."""

import re
from collections.abc import Iterator

import pytest

from gateway.domain.filings.delivery_sentences import OUTCOMES_ZH, outcome_zh
from tests.architecture.source import ROOT

WRITTEN = re.compile(r"\b(?:RetryAt|Done|Refused|Expired|OutcomeUnknown)\(\s*(?:[^\"\n]*,\s*)?f?\"([^\"{]+)[^\"]*\"")


def outcomes() -> Iterator[str]:
    """Beginnings of all outcomes in the relay's source."""
    for path in sorted((ROOT / "gateway" / "relay").glob("*.py")):
        yield from (found.strip().rstrip(":") for found in WRITTEN.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("outcome", sorted(set(outcomes())))
def test_every_outcome_the_relay_writes_has_a_chinese_sentence(outcome: str) -> None:
    assert outcome in OUTCOMES_ZH


def test_nothing_is_translated_that_the_relay_never_says() -> None:
    found = set(outcomes())
    assert len(found) > 25
    assert OUTCOMES_ZH.keys() - found == set()


@pytest.mark.parametrize(
    ("outcome", "chinese"),
    [
        ("accepted", "已接受"),
        ("registry unreachable: ConnectError", "联系不上登记机关: ConnectError"),
        ("the registry es is not set up", "登记机关 es 尚未设置"),
        ("the registry is still deciding", "登记机关仍在处理"),
        ("asking: no answer (timeout)", "正在查询: no answer (timeout)"),
        ("sentry on duty", "sentry on duty"),
        ("what an authority said", "what an authority said"),
    ],
)
def test_an_outcome_keeps_what_others_said(outcome: str, chinese: str) -> None:
    assert outcome_zh(outcome) == chinese
