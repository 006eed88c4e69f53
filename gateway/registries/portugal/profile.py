"""Portugal, SIBA: arrivals and departures of foreigners; no cancellation."""

from gateway.domain.filings.field_rules import NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.texts.marks import N_

# SIBA's "Alfabético Nome" as public clients quote its help: capitals, of marked letters only those of Portuguese.
SPELLING = Spelling("siba-names", "2", "A-Z '-", N_("letters A-Z, space, apostrophe and hyphen"), True, True)
# "Alfanumérico": capitals and digits with the signs of addresses.
TEXT = Spelling("siba-texts", "1", "A-Z0-9 '()ºª&:;+#-", N_("letters, digits and the signs of an address"), True, True)
PROFILE = RegistryProfile(
    name="pt",
    title="SIBA",
    client=f"{__package__}.client",
    rules=f"{__package__}.record",
    changes={
        "check_in": "send",
        "change": "new_record",
        "check_out": "send",
        "annulment": "nothing",
        "booking": "nothing",
    },
    facts=RequiredFacts(
        unit=("registered_as", "name", "address.municipality", "address.postal_code"),
        landlord=("registered_as", "phone", "email"),
        person=("residence.country", "residence.municipality"),
    ),
    spellings=(SPELLING,),
    after_departure="again",
    by_hand=(NO_WHOLE_BIRTH,),
)
