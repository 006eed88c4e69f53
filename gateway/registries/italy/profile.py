"""Italy, Alloggiati Web: arrivals only, on the day or the next; no cancellation."""

from gateway.domain.filings.field_rules import NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.texts.marks import N_

SPELLING = Spelling("alloggiati-names", "2", "A-Z '", N_("letters A-Z, space and apostrophe"), True, True, {"-": " "})
PROFILE = RegistryProfile(
    name="it",
    title="Alloggiati Web",
    client=f"{__package__}.client",
    changes={
        "check_in": "send",
        "change": "new_record",
        "check_out": "nothing",
        "annulment": "nothing",
        "booking": "nothing",
    },
    facts=RequiredFacts(
        person=("birth_country",),
        at_home=("birth_place_code", "document.issuing_place_code"),
        only_if={
            "birth_place_code": {"birth_country": ("ITA",)},
            "document.issuing_place_code": {"issuing_state": ("ITA",)},
        },
    ),
    arrivals_on_the_day=True,
    # Arrivals of today and yesterday only: a row of somebody who left would have them arrive again.
    after_departure="by_hand",
    spellings=(SPELLING,),
    party="rows",
    tells_groups=True,
    code_tables={
        "birth_place_code": f"{__package__}.places:comune_names",
        "document.issuing_place_code": f"{__package__}.places:comune_names",
    },
    by_hand=(NO_WHOLE_BIRTH,),
)
