"""The refusal of an input whose fields a registry would refuse."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from gateway.domain.errors import InputRefused
from gateway.domain.filings.field_names import field_text, named_text
from gateway.domain.filings.record import FieldProblem
from gateway.texts.identity import REASON
from gateway.texts.languages import SOURCE
from gateway.texts.translator import translator

PICTURES: Final = ("document", "chip", "face", "clip")
"""Parts of a submission that are no fields."""


class FieldsRefused(InputRefused):
    """Input that would make a record the registry refuses; `fields` names each wrong field and what to do."""

    def __init__(self, problems: Sequence[tuple[str, FieldProblem]], besides: Sequence[tuple[str, str]] = ()) -> None:
        """`problems`: the field's name in the form, and the problem.

        `besides`: what is wrong with the form itself, the name of the field or picture and a code of REASON; a field
        that it names is not named again. At least one of both.
        """
        named = {name for name, _ in besides}
        self.besides = tuple(besides)
        self.problems = tuple((name, problem) for name, problem in problems if name not in named)
        shown = self.shown(SOURCE)
        super().__init__(shown[0]["sentence"], field=shown[0]["field"], fields=shown)

    def shown(self, language: str) -> list[Mapping[str, str]]:
        """The fields with the rule's code and the sentence in the reader's language."""
        of_form: list[Mapping[str, str]] = [
            {"field": name, "code": code, "sentence": reason_sentence(language, name, code)}
            for name, code in self.besides
        ]
        return of_form + [
            {
                "field": name,
                "code": problem.rule,
                "sentence": field_text(language, problem.field, problem.message, problem.args),
            }
            for name, problem in self.problems
        ]


def whole_refusal(refused: Sequence[InputRefused], more: Iterable[tuple[str, FieldProblem]] = ()) -> FieldsRefused:
    """One refusal with every field that these name, at least one, and `more`; each field is named once."""
    besides = [
        (field["field"], field["code"])
        for error in refused
        if not isinstance(error, FieldsRefused)
        for field in cast("Sequence[Mapping[str, str]]", error.extra.get("fields", ()))
    ]
    problems = {name: one for error in refused if isinstance(error, FieldsRefused) for name, one in error.problems}
    for name, one in more:
        problems.setdefault(name, one)
    return FieldsRefused([*problems.items()], besides)


def refused_names(refused: Sequence[InputRefused]) -> set[str]:
    """The names of all fields in these refusals: from what they hold nothing follows."""
    shown = [field for error in refused for field in cast("Sequence[Mapping[str, str]]", error.extra.get("fields", ()))]
    return {field["field"] for field in shown}


def reason_sentence(language: str, name: str, code: str) -> str:
    """Return a reason's text, which begins with the field that it is about unless that is a picture."""
    sentence = translator(language).translate(REASON[code])
    return sentence if name in PICTURES else named_text(language, name, sentence)
