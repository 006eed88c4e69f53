"""The repeatable option `--fact PATH=TEXT`: what a registry requires beyond what every landlord and unit has."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer

from api.cli.refusal import Refused
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.refusal import FieldsRefused
from gateway.journey.filings.unit_facts import wrong_facts
from gateway.registries import registry_problems
from gateway.store import Destination, Unit

Facts = Annotated[
    list[str] | None,
    typer.Option(
        help="Further information that the registry requires, as PATH=TEXT, for example "
        "registered_as=H-1234. Can be repeated."
    ),
]

# Options of `lodgekey unit add` that give a field of the unit, where no --fact does.
_OPTIONS: Final = {
    "unit.code": "CODE",
    "unit.name": "--label",
    "unit.area": "--area",
    "unit.address.street": "--address",
    "unit.timezone": "--timezone",
    "unit.jurisdiction": "--jurisdiction",
}


class OptionsRefused(FieldsRefused):
    """Facts of a new unit that a registry's rules refuse; each sentence begins with the option that gives the field."""

    def shown(self, language: str) -> list[Mapping[str, str]]:
        """The options with the rule's code and the sentence in the reader's language."""
        texts = super().shown(language)
        return [{**text, "sentence": f"{text['field']}: {text['sentence']}"} for text in texts]


def refuse_wrong_options(unit: Unit, now: int) -> None:
    """Raise OptionsRefused with the options of a new unit that the rules of its registries refuse."""
    wrong = [
        (_option(unit, destination, problem), problem)
        for destination in unit.destinations
        for problem in _problems(unit, destination, now)
    ]
    if wrong:
        raise OptionsRefused(wrong)


def _problems(unit: Unit, destination: Destination, now: int) -> list[FieldProblem]:
    name = destination.registry_name
    return wrong_facts(unit, {name: lambda record: registry_problems(name, record, now)}, now)


def _option(unit: Unit, destination: Destination, problem: FieldProblem) -> str:
    path = problem.field.removeprefix("unit.")
    if problem.field in _OPTIONS and path not in destination.registry_facts:
        return _OPTIONS[problem.field]
    own = f"{destination.registry_name}:" if len(unit.destinations) > 1 else ""
    return f"--fact {own}{path}"


def facts_of(given: Sequence[str] | None) -> dict[str, str]:
    """Return the texts by path. Raises Refused for one that is not PATH=TEXT."""
    facts = {}
    for each in given or ():
        path, equals, text = each.partition("=")
        if not path or not equals or not text:
            raise Refused("not_a_fact", text=each)
        facts[path] = text
    return facts


def facts_by_registry(facts: Mapping[str, str], registries: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the facts of each registry: those of NAME:PATH for it alone, before the others, which are for each.

    Raises Refused for a registry that is not among them.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in registries}
    for path, text in sorted(facts.items(), key=lambda fact: ":" not in fact[0]):
        name, colon, rest = path.partition(":")
        if colon and name not in found:
            raise Refused("not_a_fact", text=f"{path}={text}")
        for each in [name] if colon else found:
            found[each].setdefault(rest if colon else path, text)
    return found
