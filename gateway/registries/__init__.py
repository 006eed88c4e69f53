"""The registries a gateway can file with, by the name used in settings and units."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import cast

from gateway.domain.filings.printed_form import PrintedForm
from gateway.domain.filings.record import FieldProblem, Registration, Registry
from gateway.domain.filings.registry_profile import RegistryProfile

Clock = Callable[[], int]  # UTC seconds


def _profile_of(folder: str) -> RegistryProfile:
    return cast("RegistryProfile", import_module(f"{__name__}.{folder}.profile").PROFILE)


# One line per registry: the name of its folder beside this file.
REGISTRIES: dict[str, RegistryProfile] = {
    profile.name: profile
    for profile in (
        _profile_of("sandbox"),
        _profile_of("spain"),
        _profile_of("italy"),
        _profile_of("ross1000"),
        _profile_of("portugal"),
        _profile_of("czechia"),
        _profile_of("slovenia"),
        _profile_of("croatia"),
        _profile_of("germany"),
        _profile_of("china"),
        _profile_of("webhook"),
    )
}


def registry_title(name: str) -> str:
    """The registry's name for people: its title, else the name in settings and units."""
    profile = REGISTRIES.get(name)
    return profile.title if profile and profile.title else name


def open_registry(name: str, settings: Mapping[str, str], now: Clock) -> Registry:
    """The adapter of a registry, not connected yet. Its module is imported only here, because SOAP loads slowly.

    Raises KeyError for an unknown name and pydantic's ValidationError for invalid settings.
    """
    return cast("Registry", import_module(REGISTRIES[name].client).open_registry(settings, now))


def registry_problems(name: str, record: Registration, now: int) -> tuple[FieldProblem, ...]:
    """What a registry would refuse in a record, by the rules that need no account and no connection.

    `now`: UTC seconds. Raises KeyError for an unknown name.
    """
    profile = REGISTRIES[name]
    module = import_module(profile.rules or f"{profile.client.rpartition('.')[0]}.rules")
    return tuple(module.problems(record, now))


def to_correct(name: str, problems: Iterable[FieldProblem]) -> tuple[FieldProblem, ...]:
    """The problems that a correction can put right: those of rules for which people are registered by hand are not."""
    return tuple(problem for problem in problems if problem.rule not in REGISTRIES[name].by_hand)


def rule_against(name: str, record: Registration, now: int) -> FieldProblem | None:
    """The first problem for which this record is registered by hand and cannot be sent; None if there is none."""
    marked = REGISTRIES[name].by_hand
    problems = registry_problems(name, record, now) if marked else ()
    return next((problem for problem in problems if problem.rule in marked), None)


def printed_forms(name: str, record: Registration) -> tuple[PrintedForm, ...]:
    """The forms of a record that is kept here: one for each person who signs. Raises KeyError for an unknown name."""
    profile = REGISTRIES[name]
    if not profile.kept:
        return ()
    forms = import_module(f"{profile.client.rpartition('.')[0]}.forms")
    return cast("tuple[PrintedForm, ...]", forms.printed_forms(record))
