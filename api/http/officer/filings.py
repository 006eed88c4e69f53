"""One filing at a time: what is about to be sent, how it stands, and what a person found out or put right."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from api.framework.dependencies import Decider, Gate, Officer
from api.services.presenters import filing_shown
from api.services.schemas import FilingShown, Strict
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.disclosure.masking import mask_name
from gateway.domain.documents import FIELDS
from gateway.domain.errors import InputRefused, NotFound
from gateway.domain.filings.record_json import registration_from_json
from gateway.journey.filings.answers import settle_outcome
from gateway.journey.filings.deadlines import OPEN
from gateway.journey.filings.records import correct_person
from gateway.registries import REGISTRIES
from gateway.store import Account, Person, Registration, Stay, Unit
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

router = APIRouter(prefix="/registrations", tags=["filings"])

ERASED = N_("This record has been deleted.")


class ProblemShown(BaseModel):
    """What the registry would refuse: the field, the rule and a sentence; never the value."""

    field: str
    rule: str
    sentence: str


class DifferenceShown(BaseModel):
    """A field the registry receives in other letters, masked."""

    field: str
    given: str
    sent: str


class PreviewShown(BaseModel):
    """A filing as it is about to be sent. `registry_ready` is false where the registry is not set up."""

    filing: FilingShown
    registry: str
    registry_ready: bool
    problems: list[ProblemShown]
    differences: list[DifferenceShown]
    tables: dict[str, str]


class OutcomeForm(Strict):
    """What a person found out of a record whose answer was lost."""

    outcome: Literal["accepted", "not_received"]
    receipt: Annotated[str, Field(max_length=128)] = ""


class CorrectionForm(Strict):
    """The fields that were wrong, as they are right, and why."""

    fields: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=3, max_length=200)]


def within(account: Account) -> Select[Registration]:
    """The registrations of an officer's area, or of a landlord's units."""
    query = select(Registration).join(Stay, Registration.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    if account.role == "officer":
        return query.where(Unit.area.startswith(account.area or "nowhere", autoescape=True))
    return query.where(Unit.landlord_id == (account.landlord_id or "nobody"))


def filing_named(session: Session, account: Account, registration_id: str) -> Registration:
    """One registration the account may see; NotFound otherwise."""
    row = session.scalars(within(account).where(Registration.id == registration_id)).one_or_none()
    if row is None:
        raise NotFound(N_("You have no such record."))
    return row


@router.get("/attention")
def list_attention(gateway: Gate, account: Decider) -> list[FilingShown]:
    """Open filings that need a person or whose time is nearly over or past, the nearest deadline first."""
    now = gateway.now()
    pressing = or_(Registration.state.in_(("unknown", "refused")), Registration.warn_at <= now)
    query = within(account).where(Registration.state.in_(OPEN), pressing).order_by(Registration.deadline_at)
    with gateway.database.reading() as session:
        return [filing_shown(row, now) for row in session.scalars(query.limit(200))]


@router.get("/{registration_id}/preview")
def preview(gateway: Gate, account: Decider, registration_id: str) -> PreviewShown:
    """What the registry would refuse or receive otherwise than given; masked, and logged before it is shown."""
    with gateway.database.reading() as session:
        row = filing_named(session, account, registration_id)
    registry = gateway.registries.get(row.registry_name)
    reader, subject = f"{account.role}:{account.id}", f"registration:{row.id}"
    now = gateway.now()
    disclose(gateway.database, consumer=reader, purpose="filing_preview", subject=subject, fields="masked", now=now)
    try:
        sealed = row.sealed or b""
        record = registration_from_json(gateway.vault.open(row.person_id, f"registration/{row.id}", sealed))
    except Erased:
        raise NotFound(ERASED) from None
    problems = registry.problems(record) if registry else ()
    differences = registry.differences(record) if registry else ()
    return PreviewShown(
        filing=filing_shown(row, now),
        registry=row.registry_name,
        registry_ready=registry is not None,
        problems=[ProblemShown(field=found.field, rule=found.rule, sentence=found.sentence) for found in problems],
        differences=[
            DifferenceShown(field=found.field, given=mask_name(found.given), sent=mask_name(found.sent))
            for found in differences
        ],
        tables=dict(registry.tables()) if registry else {},
    )


@router.post("/{registration_id}/outcome")
def settle(gateway: Gate, account: Decider, registration_id: str, form: OutcomeForm) -> FilingShown:
    """Settle a record nobody could tell the outcome of: the registry has it, or it goes out again."""
    by, now = f"{account.role}:{account.id}", gateway.now()
    with gateway.database.writing() as session:
        row = filing_named(session, account, registration_id)
        settle_outcome(session, row, form.outcome, form.receipt.strip(), by, now)
        return filing_shown(row, now)


@router.post("/{registration_id}/corrections", status_code=201)
def correct(gateway: Gate, account: Officer, registration_id: str, form: CorrectionForm) -> FilingShown:
    """Put a tenant's fields right: the registry is told in its own way, the feed of a correction."""
    now = gateway.now()
    with gateway.database.writing() as session:
        row = filing_named(session, account, registration_id)
        known = {*FIELDS, *REGISTRIES[row.registry_name].facts.of_tenant}
        if unknown := sorted(set(form.fields) - known):
            raise InputRefused(
                N_("The field {field} cannot be corrected: it does not exist."), {"field": unknown[0]}, field=unknown[0]
            )
        person = session.get_one(Person, row.person_id)
        changes = {name: text.strip() for name, text in form.fields.items()}
        return filing_shown(_corrected(gateway, session, row, person, changes), now)


def _corrected(
    gateway: Gateway, session: Session, row: Registration, person: Person, changes: dict[str, str]
) -> Registration:
    try:
        return correct_person(session, row.stay, person, changes, gateway.keyring, gateway.now())
    except Erased:
        raise NotFound(ERASED) from None
