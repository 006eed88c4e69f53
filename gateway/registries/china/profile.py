"""China: a regional service with the project's own profile of the GB codes."""

from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.filings.transliteration import Spelling
from gateway.texts.marks import N_

RESIDENTS = Spelling("gb-names", "1", r"\w '.·-", N_("letters"))
FOREIGNERS = Spelling("gb-names-foreign", "2", "A-Z '-", N_("letters A-Z"), True, True)
PROFILE = RegistryProfile(
    name="cn",
    title="China",
    client=f"{__package__}.client",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul"},
    facts=RequiredFacts(
        unit=("address.municipality_code",),
        person=("visa.kind",),
        only_if={"visa.kind": {"document_kind": ("passport",)}},
    ),
    spellings=(RESIDENTS, FOREIGNERS),
    code_tables={"visa.kind": f"{__package__}.codes:visa_names"},
)
