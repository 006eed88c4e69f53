"""The help of every command is complete in the terminal's language, Chinese or English, and not truncated."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import typer
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.texts.help_translation import FRAME
from gateway.texts.translator import translator

RUN = CliRunner()
ENGLISH: Final = {"LC_ALL": "C.UTF-8", "COLUMNS": "80"}
CHINESE: Final = {"LC_ALL": "zh_CN.UTF-8", "COLUMNS": "80"}
Words = tuple[str, ...]


def under(command: Any, path: Words = (), parent: Any = None) -> Iterator[tuple[Words, typer.Context]]:
    """A command and all its subcommands, loaded, by their names."""
    context = command.make_context(path[-1] if path else "lodgekey", [], parent, resilient_parsing=True)
    yield path, context
    for name, child in getattr(context.command, "commands", {}).items():
        yield from under(child, (*path, name), context)


@pytest.fixture(scope="module")
def declared() -> Mapping[Words, set[str]]:
    """Declared help texts: of the command, its arguments and options, and its subcommands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", ENGLISH["LC_ALL"])
        contexts = dict(under(typer.main.get_command(app)))
        reported = {}
        for path, context in contexts.items():
            below = [each.command for other, each in contexts.items() if other[:-1] == path and other]
            things: list[Any] = [context.command, *context.command.get_params(context), *below]
            reported[path] = {str(thing.help) for thing in things}
    return reported


def shown(path: Words, environment: Mapping[str, str]) -> str:
    """Help of a command in a terminal of 80 columns."""
    done = RUN.invoke(app, [*path, "--help"], env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def squeezed(text: str) -> str:
    """The text without line breaks and borders, which split words and sentences."""
    return "".join(text.replace("│", "").split())


def chinese(text: str) -> str:
    """A help text in Chinese."""
    return translator("zh-CN").gettext(text)


def is_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" for sign in text)


def test_every_text_of_every_help_has_its_chinese(
    declared: Mapping[Words, set[str]],
) -> None:
    texts = set().union(*declared.values())
    assert ("device", "add") in declared
    assert [text for text in texts if not is_chinese(chinese(text))] == []


def test_in_chinese_every_help_shows_all_its_texts_in_chinese(declared: Mapping[Words, set[str]]) -> None:
    for path, texts in declared.items():
        page = squeezed(shown(path, CHINESE))
        assert [text for text in texts if squeezed(chinese(text)) not in page] == [], path
        assert [text for text in texts if squeezed(text) in page] == [], path


def test_in_english_every_help_shows_all_its_texts_and_no_chinese(declared: Mapping[Words, set[str]]) -> None:
    for path, texts in declared.items():
        page = shown(path, ENGLISH)
        assert [text for text in texts if squeezed(text) not in squeezed(page)] == [], path
        assert not is_chinese(page), path


def test_the_words_around_a_help_are_chinese_too_and_english_again_for_the_next_one() -> None:
    english = shown(("device", "fleet"), ENGLISH)
    translated = shown(("device", "fleet"), CHINESE)
    words = ("Usage: ", "[OPTIONS]", "Arguments", "Options", "[required]", "[default: .data/demo]")
    assert [word for word in words if word not in english or word in translated] == []
    for word in ("用法：lodgekey device fleet [选项] {count}", "─ 参数 ─", "─ 选项 ─", "[必填]", "[默认：.data/demo]"):
        assert word in translated
    group = shown(("device",), CHINESE)
    assert "用法：lodgekey device [选项] 命令 [参数]..." in group
    assert f"─ {translator('zh-CN').translate(FRAME['COMMANDS_PANEL_TITLE'])} ─" in group
    assert shown(("device", "fleet"), ENGLISH) == english


def test_a_group_alone_shows_its_help_in_chinese() -> None:
    alone = RUN.invoke(app, ["device"], env=CHINESE)
    assert chinese("Locks and kiosks.") in alone.output
    assert chinese("Show this message and exit.") in alone.output


def test_completion_tells_of_commands_in_chinese() -> None:
    asked = {"_LODGEKEY_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "lodgekey aud"}
    assert chinese("The disclosure log.") in RUN.invoke(app, [], env={**CHINESE, **asked}).output
    assert "The disclosure log." in RUN.invoke(app, [], env={**ENGLISH, **asked}).output


@pytest.mark.parametrize(
    ("environment", "loaded"), [(ENGLISH, set()), (CHINESE, {"api.cli.texts.help_translation", "babel"})]
)
def test_help_loads_a_catalogue_only_where_it_is_read_and_no_command(
    environment: Mapping[str, str], loaded: set[str]
) -> None:
    code = "import sys\nfrom api.cli.main import app\ntry: app(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    asked = {"api.cli.texts.help_translation", "babel", "api.cli.output", "api.cli.commands.device", "sqlalchemy"}
    assert asked & set(done.stdout.split()) == loaded
