"""Slovenia, AJPES eTurizem: rows of the guest book; a row sent again under its number replaces the earlier one."""

from gateway.domain.filings.field_rules import NO_CITIZENSHIP, NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import LATIN, Spelling
from gateway.texts.marks import N_

# The agency's schema limits the length only, and the police compare the marks (Č, Ć): a name is sent as it is.
SPELLING = Spelling("eturizem-names", "1", LATIN + "\u0300-\u036f '.,·/-", N_("Latin letters"))
PROFILE = RegistryProfile(
    name="si",
    title="eTurizem",
    client=f"{__package__}.client",
    changes={
        "check_in": "send",
        "change": "send",
        "check_out": "send",
        "annulment": "annul",
        "booking": "nothing",
    },
    facts=RequiredFacts(unit=("registered_as", "tourist_tax")),
    arrivals_on_the_day=True,
    spellings=(SPELLING,),
    by_hand=(NO_CITIZENSHIP, NO_WHOLE_BIRTH),
)
