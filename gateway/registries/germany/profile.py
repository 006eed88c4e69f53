"""Germany: a form made on the day of arrival (BMG section 29 (2)) and kept here; it is sent to no authority."""

from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts

PROFILE = RegistryProfile(
    name="de",
    title="Meldeschein",
    client=f"{__package__}.client",
    changes={
        "check_in": "send",
        "change": "new_record",
        "check_out": "nothing",
        "annulment": "nothing",
        "booking": "nothing",
    },
    facts=RequiredFacts(person=("residence.street", "residence.municipality", "residence.country")),
    arrivals_on_the_day=True,
    party="together",
    tells_groups=True,
    kept=True,
)
