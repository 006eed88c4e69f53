"""Every code that is stored has its sentence in both languages, and every code in the table is one that is written."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from gateway.domain.outcomes import caused_by
from gateway.journey.filings.reconciling import DIFFERENCES
from gateway.texts.outcomes import OUTCOME, outcome_text
from gateway.texts.translator import translator
from tests.architecture.source import ROOT

CONSTRUCTED = re.compile(
    r"\b(?:Done|Refused|Expired|Unknown|OutcomeUnknown|RegistryUnreachable|LostAnswer)\(\s*\"([^\"]+)\""
    r"|\bRetryAt\([^\"={]{0,120}?\"([^\"]+)\"|\(\"([a-z_]+)\", (?:caused_by|\{\"status\")|\"outcome\": \"([a-z_]+)\""
    r"|\boutcome=\"([a-z_]+)\"| else \"([a-z_]+)\"\)\)"
)
FOLDERS = ("relay", "outbox", "outbound", "registries", "journey")
HEADED = {"link_down", "lock_not_listening", "waiting_for_lock", "lock_refused", "other"}  # constants of the table
DEFAULTS = {"delivered", "expired"}  # of Done and Expired
MAPPED = {"busy", "out_of_service", "credentials_refused", "access_refused", "address_not_public"}
RETURNED = {"no_answer", "certificate_not_trusted"}
COMPARED = set(DIFFERENCES)  # of the daily comparison
TEMPLATES = {"outcome_unknown"}


def written() -> Iterator[str]:
    """The codes in the sources that make decisions, answers and failures."""
    registry_refusals = re.compile(r"\bRefused\(")  # a registry's code, or one of texts.outcomes
    for folder in FOLDERS:
        for path in sorted((ROOT / "gateway" / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            text = registry_refusals.sub("", text) if folder == "registries" else text
            for groups in CONSTRUCTED.findall(text):
                yield next(filter(None, groups))


def test_every_code_that_is_written_has_a_sentence() -> None:
    found = set(written())
    assert len(found) > 40
    assert found - OUTCOME.keys() == set()


def test_the_table_has_no_code_that_nobody_writes() -> None:
    assert OUTCOME.keys() - set(written()) - HEADED - DEFAULTS - MAPPED - RETURNED - COMPARED - TEMPLATES == set()


@pytest.mark.parametrize("code", OUTCOME)
def test_both_languages_take_the_same_arguments(code: str) -> None:
    english = OUTCOME[code]
    chinese = translator("zh-CN").gettext(english)
    names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, chinese)]
    assert re.fullmatch(r"[a-z_]{1,36}", code)
    assert names[0] == names[1]
    assert code == "other" or chinese != english


@pytest.mark.parametrize(
    ("language", "code", "args", "sentence"),
    [
        ("en", "on_lock", {}, "on the lock"),
        ("zh-CN", "registry_not_set_up", {"registry": "es"}, "登记机关 es 尚未接入"),
        (
            "zh-CN",
            "registry_unreachable",
            caused_by("no_answer", {"error": "ClientError"}),
            "无法连接登记机关：未收到答复（ClientError）",
        ),
        ("en", "outcome_unknown", caused_by("other", {"text": "¿{qué}?"}), "outcome unknown: ¿{qué}?"),
        ("en", "a_code_to_come", {}, "a_code_to_come"),
    ],
)
def test_a_sentence_keeps_what_others_said(language: str, code: str, args: dict[str, str], sentence: str) -> None:
    assert outcome_text(language, code, args) == sentence
