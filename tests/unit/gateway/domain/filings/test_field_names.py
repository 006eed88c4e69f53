"""Every problem of a registry's rules names its field and says what to do, in every language of tenants."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway
from gateway.domain.filings.field_names import field_name, field_text, numbered_name
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.refusal import FieldsRefused
from gateway.texts.languages import LANGUAGES

HERE = Path(gateway.__file__).parent
RULES = [HERE / "domain/filings/field_rules.py", *HERE.glob("registries/*/r*.py"), *HERE.glob("registries/*/client.py")]
# which argument of a call is a text for a person
TEXT_AT = {"FieldProblem": 2, "shaped": 3, "spelled": 3}
LONG = FieldProblem("people[0].surname", "too_long", "Shorten this: it has {length} characters, and the registry "
                    "accepts {longest} at most.", {"length": 51, "longest": 50})  # fmt: skip


def unmarked(path: Path) -> Iterator[str]:
    """Texts of problems that are not marked for translation."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            given = node.args[TEXT_AT[name] :][:1] if name in TEXT_AT else []
            if given and isinstance(given[0], ast.Constant | ast.JoinedStr):
                yield f"{path.name}:{node.lineno}"


def test_every_text_of_a_problem_is_marked_for_translation() -> None:
    assert len(RULES) > 6
    assert [found for path in RULES for found in unmarked(path)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Surname: Shorten this: it has 51 characters, and the registry accepts 50 at most."),
        ("es", "Apellidos: Acórtelo: tiene 51 caracteres y el registro admite 50 como máximo."),
        ("zh-CN", "姓：请缩短：目前有 51 个字符，登记机关最多接受 50 个。"),
    ],
)
def test_a_problem_names_its_field_in_the_readers_language(language: str, text: str) -> None:
    assert field_text(language, LONG.field, LONG.message, LONG.args) == text
    assert FieldsRefused([("surname", LONG)]).shown(language) == [
        {"field": "surname", "code": "too_long", "sentence": text}
    ]


def test_staff_read_the_number_of_the_person() -> None:
    assert LONG.sentence.startswith("Person 1: Surname: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shape_is_translated_with_its_sentence(language: str) -> None:
    problem = FieldProblem("people[0].document.number", "wrong_shape", "Enter {shape}.", {"shape": "nine digits"})
    text = field_text(language, problem.field, problem.message, problem.args)
    assert text.startswith(field_name(language, "id_number"))
    assert ("nine digits" in text) is (language == "en")


@pytest.mark.parametrize(
    ("language", "path", "name"),
    [
        ("en", "people[1].surname", "Person 2: Surname"),
        ("zh-CN", "people[0].given_names", "第 1 人：名"),
        ("en", "unit.something_else", "unit.something_else"),
    ],
)
def test_a_field_of_a_record_is_named_with_its_person(language: str, path: str, name: str) -> None:
    assert numbered_name(language, path) == name
