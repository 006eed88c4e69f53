"""A tenant's refused registrations, and their correction by the tenant, who keeps the key."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused, NotFound
from gateway.domain.filings.field_names import field_text
from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import Registration as Record
from gateway.journey.filings.corrections import check_correction, note_correction, records_to_check
from gateway.journey.filings.records import correct_person
from gateway.journey.filings.refusals import Refusal, belongs_to, own_refusals, person_at, refusals_of
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.tenants import onboarding as steps
from gateway.store import Registration
from gateway.store.sealing import Erased
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_
from gateway.texts.outcomes import answer_text

NOTHING: Final = N_("There is nothing to correct here any more.")
NO_VALUE: Final = N_("Enter the correct value of at least one field.")


class ProblemToMend(BaseModel):
    """What the registry's rule `rule` finds wrong; `field` is its path in the record."""

    field: str
    rule: str
    sentence: str


class RefusalShown(BaseModel):
    """A registration that the registry refused, for one person of this link; `person` is their place in it, from 1.

    `sentence` is the registry's answer. `fields`: what the tenant can correct, empty if only the landlord can.
    """

    registration: str
    person: int
    sentence: str
    problems: list[ProblemToMend]
    fields: list[str]


class OwnCorrectionForm(Strict):
    """The correct values of fields that RefusalShown lists."""

    registration: Annotated[str, Field(max_length=36)]
    person: Annotated[int, Field(ge=1, le=200)] = 1
    fields: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=30)]


def read_refusals(gateway: Gateway, token: str, language: str = SOURCE) -> list[RefusalShown]:
    """Return what the registry refused of the tenant and the children they declared. Raises as onboarding does."""
    shown: list[RefusalShown] = []
    with gateway.database.reading() as session:
        offer = steps.get_offer(session, token, gateway.keyring, gateway.now())
        for row in own_refusals(session, offer):
            record = _record(gateway, row)
            if record is None:
                continue
            registry = gateway.registries.get(row.registry_name)
            rules = registry.problems if registry else None
            shown += [_shown(refusal, language) for refusal in refusals_of(session, row, record, rules, offer)]
    return shown


def correct_own(gateway: Gateway, token: str, form: OwnCorrectionForm) -> list[RefusalShown]:
    """Correct the tenant's own fields, or a declared child's; the registration goes out again. Returns what is left.

    Raises NotFound, or InputRefused with the fields that the registry's rules or the form refuse.
    """
    now = gateway.now()
    given = {name: text for name, text in form.fields.items() if text.strip()}
    if not given:
        raise InputRefused(NO_VALUE)
    with gateway.database.writing() as session:
        offer = steps.get_offer(session, token, gateway.keyring, now)
        row = next((row for row in own_refusals(session, offer) if row.id == form.registration), None)
        record = _record(gateway, row) if row is not None else None
        person = person_at(session, row, form.person) if row is not None else None
        if row is None or record is None or person is None or not belongs_to(offer, person):
            raise NotFound(NOTHING)
        registry = gateway.registries.get(row.registry_name)
        rules = registry.problems if registry else None
        refusals = refusals_of(session, row, record, rules, offer)
        allowed = next((one.fields for one in refusals if one.number == form.person), ())
        other = next((name for name in given if name not in allowed), None)
        if other is not None:
            raise InputRefused(N_("You cannot correct this field here."), field=other)
        today = local_time(now, row.stay.unit.timezone).date()
        checked = records_to_check(session, row, record, person, gateway.rules, gateway.keyring, now)
        changes = check_correction(record, person, given, gateway.keyring, today, checked)
        filed = correct_person(session, row.stay, person, changes, gateway.keyring, now)
        note_correction(filed, given, f"tenant:{offer.person_id}", "", gateway.keyring)
    return read_refusals(gateway, token)


def _shown(refusal: Refusal, language: str) -> RefusalShown:
    row = refusal.row
    return RefusalShown(
        registration=row.id,
        person=refusal.number,
        sentence=answer_text(language, row.answer_code, row.answer_text, row.answer_args) or "",
        problems=[
            ProblemToMend(
                field=one.field, rule=one.rule, sentence=field_text(language, one.field, one.message, one.args)
            )
            for one in refusal.problems
        ],
        fields=list(refusal.fields),
    )


def _record(gateway: Gateway, row: Registration) -> Record | None:
    try:
        return open_record(row.parts, gateway.vault)
    except Erased:
        return None
