"""What is known of a registry without opening it. Each registry has one profile, in its own folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.domain.filings.record import Kind
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.domain.jurisdiction import Reporting

Taken = Literal["send", "annul_and_resend", "new_record", "annul", "nothing"]
# together: one record with everybody who came together, a minor with an adult. rows: everybody a row of their own, a
# member directly after the head. apart: everybody a record of their own.
Party = Literal["together", "rows", "apart"]
# change: a change of somebody who has left says when. again: the departure is a record of its own, which a change takes
# back, so it is sent again after it. by_hand: it takes no change of somebody who has left.
AfterDeparture = Literal["change", "again", "by_hand"]


@dataclass(frozen=True, slots=True)
class RegistryProfile:
    """Plain data: reading a profile opens and imports nothing.

    `name`: the registry's name in settings and units; `title` is its name for people, which no language translates.
    `client`: the module whose open_registry(settings, now) creates
    the adapter, imported when the registry is opened. `changes`: how it takes each kind of record. `facts`: what it
    requires beyond a passport. `arrivals_on_the_day`: it takes an arrival only from the day of arrival on, so the
    record waits until the stay begins. `spellings`: the alphabets it stores names in. `reporting`: whom it wants and by
    when, if not as the jurisdiction's own rule says. `code_tables`: by the path of a person's fact, "module:function"
    of the authority's table; function(on) returns the (code, name) of each entry. `kept`: its records are made and kept
    here and sent to nobody, so it has no authority to simulate; the module `forms` beside the client makes what is
    printed and signed. `rules`: the module whose
    problems(record, now) are the registry's rules, imported when a record is checked; empty for the module `rules`
    beside the client. `tells_groups`: its records tell families from groups. `by_hand`: the rules that no answer of the
    person could satisfy. Whom one of them is against is not sent: they are registered by hand, with the authority's own
    means, and with them the others of the same record where people are filed together. `arrivals_fixed`: a change
    cannot name another arrival, which is a record anew, after an annulment of the earlier one. `after_departure`: how
    it takes a change of somebody who has left.
    """

    name: str
    client: str
    changes: Mapping[Kind, Taken]
    facts: RequiredFacts = field(default_factory=RequiredFacts)
    arrivals_on_the_day: bool = False
    spellings: tuple[Spelling, ...] = ()
    code_tables: Mapping[str, str] = field(default_factory=dict)
    party: Party = "apart"
    tells_groups: bool = False
    arrivals_fixed: bool = False
    after_departure: AfterDeparture = "change"
    kept: bool = False
    reporting: Reporting | None = None
    title: str = ""
    rules: str = ""
    by_hand: tuple[str, ...] = ()
