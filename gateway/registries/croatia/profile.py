"""Croatia, eVisitor: one check-in for each guest under a number of our own; a repeat edits the same check-in."""

from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.eu_members import EUROPEAN_UNION
from gateway.domain.filings.field_rules import NO_CITIZENSHIP, NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import LATIN, Spelling
from gateway.texts.marks import N_

# The documentation names no alphabet, and Croatian names have marks (Č, Ć): a name is sent as it is.
SPELLING = Spelling("evisitor-names", "1", LATIN + "\u0300-\u036f '.,·/-", N_("Latin letters"))
_OUTSIDE = tuple(sorted({code.code for code in COUNTRIES} - {code.code for code in EUROPEAN_UNION}))
PROFILE = RegistryProfile(
    name="hr",
    title="eVisitor",
    client=f"{__package__}.client",
    arrivals_fixed=True,
    changes={
        "check_in": "send",
        "change": "send",
        "check_out": "send",
        "annulment": "annul",
        "booking": "nothing",
    },
    facts=RequiredFacts(
        unit=("registered_as",),
        person=(
            "birth_country",
            "birth_place",
            "residence.country",
            "residence.municipality",
            "entry.crossing",
            "entry.day",
        ),
        only_if={path: {"residence.country": _OUTSIDE} for path in ("entry.crossing", "entry.day")},
    ),
    arrivals_on_the_day=True,
    # "Nije dopuštena izmjena odjavljenog turista."
    after_departure="by_hand",
    spellings=(SPELLING,),
    by_hand=(NO_CITIZENSHIP, NO_WHOLE_BIRTH),
    code_tables={"entry.crossing": f"{__package__}.lookups:crossing_names"},
)
