"""The repeatable option `--fact PATH=TEXT`: what a registry requires beyond what every landlord and unit has."""

from collections.abc import Sequence
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
