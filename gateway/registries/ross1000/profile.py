"""Italy's tourism statistics, ROSS1000 of the regions: a day's arrivals and departures, without names or documents."""

from gateway.domain.filings.field_rules import NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.jurisdiction import DeadlineRule, Reporting

PROFILE = RegistryProfile(
    name="ross1000",
    title="ROSS1000",
    client=f"{__package__}.client",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul", "booking": "nothing"},
    facts=RequiredFacts(
        unit=("registered_as", "beds"),
        person=("residence.country",),
        at_home=("residence.municipality_code",),
        only_if={"residence.municipality_code": {"residence.country": ("ITA",)}},
    ),
    arrivals_on_the_day=True,
    after_departure="again",
    party="together",
    tells_groups=True,
    code_tables={"residence.municipality_code": "gateway.registries.italy.places:comune_names"},
    reporting=Reporting(nationality="ITA", deadline=DeadlineRule(day_of_next_month=5)),
    by_hand=(NO_WHOLE_BIRTH,),
)
