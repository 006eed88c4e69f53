"""Refuses commit subjects of more than 72 characters.

With a file (as the commit-msg hook passes it): checks its message. Without: checks every commit after BASE in this
clone. Exit code 1 names the subjects that are too long; 0 also without a history.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

MAX_SUBJECT_LENGTH = 72
BASE = "1c27a19c3a1f780d261ec30cfbfba003ac13d463"  # the last commit before this rule
BASE_TIME = 1795361484  # date of that commit, for shallow clones, which lack it


def too_long(subjects: Iterable[str]) -> list[str]:
    """Return the subjects that exceed the limit."""
    return [subject for subject in subjects if len(subject) > MAX_SUBJECT_LENGTH]


def subject_in(message: str) -> str:
    """Return the first line of a message that is neither empty nor a comment."""
    lines = (line.strip() for line in message.splitlines() if not line.startswith("#"))
    return next((line for line in lines if line), "")


def subjects_since(folder: Path, base: str = BASE, base_time: int = BASE_TIME) -> list[str] | None:
    """Return the subjects of the commits after `base` in this clone; None without a history."""
    if _git(folder, "rev-parse", "--git-dir") is None or _git(folder, "rev-parse", "--verify", "-q", "HEAD") is None:
        return None
    known = _git(folder, "cat-file", "-e", f"{base}^{{commit}}") is not None
    which = (f"{base}..HEAD",) if known else (f"--since={base_time + 1}", "HEAD")
    listed = _git(folder, "log", "--format=%s", *which)
    return None if listed is None else listed.splitlines()


def _git(folder: Path, *arguments: str) -> str | None:
    """Return git's output; None if it is absent or fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def main(arguments: list[str]) -> int:
    """Print subjects that are too long on stderr; return the exit code."""
    if arguments:
        subjects: list[str] | None = [subject_in(Path(arguments[0]).read_text(encoding="utf-8"))]
    else:
        subjects = subjects_since(Path(__file__).parent)
    found = too_long(subjects or [])
    for subject in found:
        sys.stderr.write(f"{len(subject)} characters, {MAX_SUBJECT_LENGTH} are allowed: {subject}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
