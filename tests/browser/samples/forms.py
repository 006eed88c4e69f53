"""The registration form, empty and with errors, in any language."""

from datetime import date
from typing import Any

from api.web.tenant.faults import fault_of
from api.web.tenant.onboarding_form import TYPED, Entered, problems_of
from api.web.tenant.pages import consent_words, form_values
from gateway.texts.languages import LANGUAGES, SOURCE, Language
from tests.browser.samples.facts import onboarding

WRONG_ENTRIES = Entered(
    typed=dict.fromkeys(TYPED, "") | {"document_kind": "passport", "id_number": "号123", "surname": "Example"},
    facts={"residence.country": "NLD", "phone": "+31 20 555 0100"},
    chosen={"check": "face", "consent_face": "", "consent_registration": "", "consent_guardian": "yes"},
    face=True,
)


def form_in(language: Language, *, wrong: bool = False) -> dict[str, Any]:
    """The registration form in this language, empty or with errors."""
    shown = onboarding("opened")
    consented = language if language in LANGUAGES else SOURCE  # nobody agrees to a text in a made-up language
    words = {"words": consent_words(shown, consented)}
    if not wrong:
        return form_values(language, shown) | words
    faults = [fault_of(language, one.field, one.code) for one in problems_of(WRONG_ENTRIES, shown, date(2026, 11, 22))]
    return form_values(language, shown, WRONG_ENTRIES, faults) | words
