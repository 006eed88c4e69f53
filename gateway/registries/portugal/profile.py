"""Portugal, SIBA: arrivals and departures of foreigners; no cancellation."""

from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling

SPELLING = Spelling("siba-names", "1", "A-Za-z '.-", "Latin letters without accents", True)
PROFILE = RegistryProfile(
    name="pt",
    client=f"{__package__}.client",
    changes={"check_in": "send", "change": "new_record", "check_out": "send", "annulment": "nothing"},
    facts=RequiredFacts(
        unit=("registered_as", "name", "address.municipality", "address.postal_code"),
        landlord=("registered_as", "phone", "email"),
        person=("residence.country",),
    ),
    spellings=(SPELLING,),
)
