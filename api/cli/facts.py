"""The repeatable option `--fact PATH=TEXT`: what a registry requires beyond what every landlord and unit has."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from api.cli.refusal import Refused

Facts = Annotated[
    list[str] | None,
    typer.Option(
        help="Further information that the registry requires, as PATH=TEXT, for example "
        "registered_as=H-1234. Can be repeated."
    ),
]


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
    """Return the facts of each registry: those of NAME:PATH for it alone, the others for each. Raises Refused."""
    found: dict[str, dict[str, str]] = {name: {} for name in registries}
    for path, text in facts.items():
        name, colon, rest = path.partition(":")
        if colon and name not in found:
            raise Refused("not_a_fact", text=f"{path}={text}")
        for each in [name] if colon else found:
            found[each].setdefault(rest if colon else path, text)
    return found
