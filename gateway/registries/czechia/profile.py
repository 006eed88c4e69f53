"""Czechia, UbyPort: arrivals of foreigners with the date they leave; no departures, no cancellation."""

from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.texts.marks import N_

# Appendix 5, 4.2: "only letters of the alphabet, apostrophe and hyphen"; capitals A-Z as in the document's last lines.
SPELLING = Spelling("ubyport-names", "1", "A-Z '-", N_("letters A-Z, space, apostrophe and hyphen"), True, True)
PROFILE = RegistryProfile(
    name="cz",
    title="UbyPort",
    client=f"{__package__}.client",
    rules=f"{__package__}.record",
    changes={
        "check_in": "send",
        "change": "new_record",
        "check_out": "nothing",
        "annulment": "nothing",
        "booking": "nothing",
    },
    facts=RequiredFacts(
        unit=("registered_as", "name", "address.extra", "address.municipality", "address.postal_code"),
        landlord=("phone",),
    ),
    arrivals_on_the_day=True,
    spellings=(SPELLING,),
)
