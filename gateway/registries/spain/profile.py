"""Spain, SES.HOSPEDAJES: a change is an annulment and a new record; departures are not reported."""

from gateway.domain.filings.field_rules import BORN_IN_STAY, NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import LATIN, Spelling
from gateway.texts.marks import N_

# The ministry's schema limits the length only; a name is sent as it is, with marks that no composed letter has.
SPELLING = Spelling("hospedajes-names", "2", LATIN + "\u0300-\u036f '.,·/-", N_("Latin letters"))
PROFILE = RegistryProfile(
    name="es",
    title="SES.HOSPEDAJES",
    client=f"{__package__}.client",
    changes={
        "check_in": "send",
        "change": "annul_and_resend",
        "check_out": "nothing",
        "annulment": "annul",
        "booking": "annul_and_resend",
    },
    facts=RequiredFacts(
        unit=("registered_as",),
        landlord=("registered_as",),
        person=("residence.street", "residence.postal_code", "residence.municipality", "residence.country"),
        one_of=("phone", "email"),
        minor=("relation",),
        at_home=("second_surname", "document.support", "residence.municipality_code"),
        only_if={
            "second_surname": {"document_kind": ("id_card",), "issuing_state": ("ESP",)},
            "document.support": {"document_kind": ("id_card", "residence_permit"), "issuing_state": ("ESP",)},
            "residence.municipality_code": {"residence.country": ("ESP",)},
        },
    ),
    spellings=(SPELLING,),
    party="together",
    code_tables={"residence.municipality_code": f"{__package__}.municipalities:municipality_names"},
    by_hand=(BORN_IN_STAY, NO_WHOLE_BIRTH),
)
