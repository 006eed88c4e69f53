"""China: a regional service with the project's own profile of the GB codes."""

from gateway.domain.documents import TRAVEL_DOCUMENTS
from gateway.domain.filings.field_rules import NO_WHOLE_BIRTH
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.registries.china.codes import VISAS
from gateway.texts.marks import N_

RESIDENTS = Spelling("gb-names", "1", r"\w '.·-", N_("letters"))
FOREIGNERS = Spelling("gb-names-foreign", "2", "A-Z '-", N_("letters A-Z"), True, True)
_WITH_VISA = tuple(entry.code for entry in VISAS if entry.code != "none")
PROFILE = RegistryProfile(
    name="cn",
    title="China",
    client=f"{__package__}.client",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul", "booking": "nothing"},
    facts=RequiredFacts(
        unit=("address.municipality_code",),
        person=("visa.kind", "visa.number", "visa.valid_until"),
        only_if={
            "visa.kind": {"document_kind": TRAVEL_DOCUMENTS},
            "visa.number": {"document_kind": TRAVEL_DOCUMENTS, "visa.kind": _WITH_VISA},
            "visa.valid_until": {"document_kind": TRAVEL_DOCUMENTS, "visa.kind": _WITH_VISA},
        },
    ),
    spellings=(RESIDENTS, FOREIGNERS),
    code_tables={"visa.kind": f"{__package__}.codes:visa_names"},
    by_hand=(NO_WHOLE_BIRTH,),
)
