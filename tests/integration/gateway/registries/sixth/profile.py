"""Profile of Utopia's guest book: accepts all kinds of records, arrivals on their day only, names in capitals."""

from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling

SPELLING = Spelling(
    "guest-book-names", "1", "A-Z '-", "A-Z, space, apostrophe and hyphen", plain_latin=True, upper=True
)
PROFILE = RegistryProfile(
    name="xx",
    client=f"{__package__}.client",
    rules=f"{__package__}.client",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul", "booking": "nothing"},
    facts=RequiredFacts(unit=("registered_as",), person=("residence.country",), one_of=("phone", "email")),
    arrivals_on_the_day=True,
    spellings=(SPELLING,),
)
