"""What is said of known weaknesses is what was checked: an answer about nothing is not "none known"."""

from pathlib import Path
from typing import Any

import pytest

from tooling.release.audit import GOOD, UNCHECKED, WEAK, ask, judge

CHECKED: dict[str, Any] = {"name": "alpha", "version": "1.0", "vulns": []}
SKIPPED = {"name": "beta", "skip_reason": "not found"}
FLAWED = CHECKED | {"name": "gamma", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}


def test_no_weakness_is_known_of_what_was_checked() -> None:
    code, lines = judge([CHECKED])
    assert (code, lines) == (GOOD, ["1 of 1 packages were checked, 0 weaknesses are known"])


def test_a_known_weakness_is_named() -> None:
    code, lines = judge([CHECKED, FLAWED])
    assert (code, lines[-1]) == (WEAK, "gamma 1.0: PYSEC-2026-1")


@pytest.mark.parametrize("answers", [None, [], [SKIPPED]])
def test_a_database_that_says_nothing_has_checked_nothing(answers: list[dict[str, Any]] | None) -> None:
    code, lines = judge(answers)
    assert code == UNCHECKED
    assert "nothing was checked" in lines[0]


def test_what_was_left_out_is_named() -> None:
    assert judge([CHECKED, SKIPPED])[1][-1] == "not checked: beta"


def test_a_database_that_cannot_be_reached_is_not_one_without_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # discard: nobody listens
    (tmp_path / "requirements.txt").write_text("segno==1.6.6")
    assert ask("osv", tmp_path / "requirements.txt") is None
