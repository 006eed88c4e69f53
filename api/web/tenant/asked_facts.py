"""What a registry asks of a tenant beyond the document, as forms show it: lists to choose from, hints, conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from api.services.schemas import CodeShown
from api.web.shell.countries import country_choices
from api.web.tenant.faults import FACT
from gateway.domain.filings.choices import COUNTRY_PATHS, choices
from gateway.journey.stays.shared_facts import SHARED
from gateway.texts.families import code_text
from gateway.texts.languages import Language
from gateway.texts.record import FACT_HINT

Pairs = tuple[tuple[str, str], ...]
PURPOSES: Final[Mapping[str, tuple[str, str]]] = {
    "residence.street": ("text", "address-line1"),
    "residence.postal_code": ("text", "postal-code"),
    "residence.municipality": ("text", "address-level2"),
    "residence.country": ("text", "country"),
    "phone": ("tel", "tel"),
    "email": ("email", "email"),
}
"""By path, the type of input, and its purpose, by which browsers fill in what they know (HTML standard, 4.10.18)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that the registry asks.

    `offered`: the (value, text) pairs to choose from, none for a text. `search`: type-ahead in the authority's table.
    `hint`: whom it is asked of. `one_of`: one of these is enough. `minors`: asked of minors only. `only_if`: the inputs
    that decide whether it is asked, with the values for which it is; of a box that is ticked the value, else "".
    """

    path: str
    offered: Pairs = ()
    search: bool = False
    hint: str = ""
    one_of: bool = False
    minors: bool = False
    only_if: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The type of its input, which decides what keyboard a phone shows."""
        return PURPOSES.get(self.path, ("text", "off"))[0]

    @property
    def complete(self) -> str:
        """What a browser that knows its user fills in."""
        return PURPOSES.get(self.path, ("text", "off"))[1]

    @property
    def always(self) -> bool:
        """Whether it cannot be left empty: it is asked of everybody, or of all who share it with no other adult."""
        return not (self.one_of or self.minors or {*self.only_if} - {*SHARED})


class QuestionSource(Protocol):
    """What registries ask besides the document, as OnboardingShown has it."""

    @property
    def asks_one_of(self) -> Sequence[str]:
        """Paths of which one is enough."""

    @property
    def asks_codes(self) -> Mapping[str, Sequence[CodeShown]]:
        """By path, the entries of the authority's table, none where it is searched."""

    @property
    def asks_only_if(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By path, the fields or facts that decide whether it is asked, with the values for which it is."""

    @property
    def asks_minors(self) -> Sequence[str]:
        """Paths asked of minors only."""

    @property
    def asks_besides(self) -> Sequence[str]:
        """All paths."""


def asked_facts(
    onboarding: QuestionSource,
    language: Language,
    paths: Iterable[str],
    prefix: str = FACT,
    namesakes: Mapping[str, Sequence[CodeShown]] | None = None,
    *,
    shares: Sequence[str] = (),
) -> list[Asked]:
    """Return these facts in order; the inputs of facts are named `prefix` and the path.

    `namesakes`: by path, the entries of an authority's table that a typed name may mean, offered instead of the search.
    `shares`: the boxes of SHARED that the form has; what one is about is asked while it is not ticked.
    """
    facts = [_asked(onboarding, language, path, prefix, (namesakes or {}).get(path, ())) for path in paths]
    return [replace(fact, only_if={**_unless_shared(fact.path, shares), **fact.only_if}) for fact in facts]


def _unless_shared(path: str, shares: Sequence[str]) -> dict[str, Sequence[str]]:
    """The condition that this fact is not shared."""
    return {name: [""] for name in shares if SHARED[name](path)}


def _asked(
    onboarding: QuestionSource, language: Language, path: str, prefix: str, namesakes: Sequence[CodeShown]
) -> Asked:
    table = [(code.code, code.name) for code in namesakes or onboarding.asks_codes.get(path, [])]
    decides = onboarding.asks_only_if.get(path, {})
    return Asked(
        path=path,
        offered=offered_at(path, language, table),
        search=path in onboarding.asks_codes and not table,
        hint=code_text(language, "fact_hint", path) if path in FACT_HINT else "",
        one_of=path in onboarding.asks_one_of,
        minors=path in onboarding.asks_minors,
        only_if={(prefix + name if name in onboarding.asks_besides else name): decides[name] for name in decides},
    )


def offered_at(path: str, language: Language, table: Sequence[tuple[str, str]] = ()) -> Pairs:
    """Return the (value, text) pairs to choose from at a path, from the authority's table if it has one there."""
    if path in COUNTRY_PATHS:
        return country_choices(language)
    return tuple(table) or tuple((word, code_text(language, "relation", word)) for word in choices(path))
