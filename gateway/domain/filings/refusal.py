"""The refusal of an input whose fields a registry would refuse."""

from collections.abc import Mapping, Sequence

from gateway.domain.errors import InputRefused
from gateway.domain.filings.field_names import field_text
from gateway.domain.filings.record import FieldProblem
from gateway.texts.languages import SOURCE


class FieldsRefused(InputRefused):
    """Input that would make a record the registry refuses; `fields` names each wrong field and what to do."""

    def __init__(self, problems: Sequence[tuple[str, FieldProblem]]) -> None:
        """`problems`: the field's name in the form, and the problem; at least one."""
        self.problems = tuple(problems)
        shown = self.shown(SOURCE)
        super().__init__(shown[0]["sentence"], field=shown[0]["field"], fields=shown)

    def shown(self, language: str) -> list[Mapping[str, str]]:
        """The fields with the rule's code and the sentence in the reader's language."""
        return [
            {
                "field": name,
                "code": problem.rule,
                "sentence": field_text(language, problem.field, problem.message, problem.args),
            }
            for name, problem in self.problems
        ]
