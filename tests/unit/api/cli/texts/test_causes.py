"""Causes reported in English by lower packages are shown in the terminal's language."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from api.cli.texts.causes import CAUSES, cause_text
from gateway.texts.translator import translator
from tests.architecture.source import tree_of
from tests.unit.api.cli.test_help import is_chinese

# Files whose errors a command shows as the cause, with the error classes.
SOURCES: Final = {
    "certs/keys.py": "BadKey",
    "certs/authority/generations.py": "BadPhase",
    "gateway/domain/disclosure/merkle.py": "BadProof",
    "gateway/domain/disclosure/tree_head.py": "BadHead",
    "api/cli/commands/audit.py": "BadHead",
    "api/client.py": "RequestFailed",
}
# Raised with a computed text.
COMPUTED: Final = (
    "no answer in time",
    "its certificate is not trusted: x",
    "mosquitto was not found at /a or /b; install it or name it in the settings",
    "mosquitto did not start: x",
    "another gateway already runs its broker in /a; stop it first, or choose another folder",
)


def raised(path: str, error: str) -> Iterator[str]:
    """Texts with which a file raises an error; variable parts are an x."""
    for node in ast.walk(tree_of(Path(path))):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text))])) if name == error:
                yield text
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr(values=parts)])) if name == error:
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)


@pytest.mark.parametrize("path", SOURCES)
def test_every_cause_that_a_command_shows_has_its_chinese(path: str) -> None:
    found = set(raised(path, SOURCES[path]))
    assert found
    assert [cause for cause in found if not is_chinese(cause_text("zh-CN", cause))] == []


@pytest.mark.parametrize("cause", COMPUTED)
def test_a_cause_with_a_variable_part_is_translated_around_it(cause: str) -> None:
    assert is_chinese(cause_text("zh-CN", cause))
    assert cause_text("en", cause) == cause


def test_another_cause_is_shown_as_it_is() -> None:
    assert cause_text("zh-CN", "Connection refused") == "Connection refused"


@pytest.mark.parametrize("cause", CAUSES)
def test_no_cause_is_matched_by_an_earlier_one(cause: str) -> None:
    assert cause_text("zh-CN", cause) == translator("zh-CN").gettext(cause)
