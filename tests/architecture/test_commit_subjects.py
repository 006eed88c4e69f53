"""Subjects of all commits since the rule was introduced, and what the commit hook refuses."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

SCRIPT = ROOT / "tooling" / "commit_subjects.py"
RULES: dict[str, Any] = runpy.run_path(str(SCRIPT))
NOW = 1_800_000_000
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run git in a separate repository, without user or system configuration."""
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(tmp_path)}
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=main"]

    def run(*arguments: str, at: int = NOW) -> str:
        date = f"@{at} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        environment = settings | dates | {"PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    run("init", "-q")
    return run


def commit(git: Git, subject: str, at: int) -> str:
    """Create an empty commit; returns its id."""
    git("commit", "-q", "--allow-empty", "-m", subject, at=at)
    return git("rev-parse", "HEAD")


def test_every_commit_since_the_rule_has_a_short_subject() -> None:
    subjects = RULES["subjects_since"](ROOT)
    if subjects is None:
        pytest.skip("this copy has no history")
    assert RULES["too_long"](subjects) == []


def test_commits_up_to_the_base_are_left_alone_and_later_ones_are_not(git: Git, tmp_path: Path) -> None:
    base = commit(git, "x" * 100, at=NOW)
    commit(git, "y" * 73, at=NOW + 1)
    commit(git, "z" * 72, at=NOW + 2)
    subjects = RULES["subjects_since"](tmp_path, base, NOW)
    assert subjects == ["z" * 72, "y" * 73]
    assert RULES["too_long"](subjects) == ["y" * 73]


def test_a_shallow_clone_without_the_base_is_checked_by_date(git: Git, tmp_path: Path) -> None:
    base = commit(git, "x" * 100, at=NOW)
    commit(git, "y" * 73, at=NOW + 1)
    commit(git, "z" * 74, at=NOW + 2)
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth", "1", f"file://{tmp_path}", str(shallow))
    assert RULES["subjects_since"](shallow, base, NOW) == ["z" * 74]


def test_where_there_is_no_history_nothing_is_checked(tmp_path: Path) -> None:
    assert RULES["subjects_since"](tmp_path) is None


@pytest.mark.parametrize(("length", "code"), [(72, 0), (73, 1)])
def test_the_hook_refuses_a_long_subject_below_any_comment(tmp_path: Path, length: int, code: int) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(f"# a comment\n\n{'ä' * length}\n\nA body may be long: {'b' * 100}\n", encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(message)], capture_output=True, text=True, check=False)
    assert (done.returncode, "characters" in done.stderr) == (code, code == 1)
