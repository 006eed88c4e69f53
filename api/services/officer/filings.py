"""Filings that need a person: their preview, the settlement of an unknown outcome, and corrections."""

from typing import Annotated, Final, Literal, cast

from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.services.presenters import filing_shown
from api.services.schemas import CodeShown, FilingShown, Strict
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.disclosure.masking import mask_name
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.printed_form import PrintedForm
from gateway.domain.filings.ways_out import Mender, menders_of
from gateway.domain.stays.stay import wall_clock
from gateway.journey.filings.corrections import check_correction, note_correction, reason_of, records_to_check
from gateway.journey.filings.deadlines import pressing
from gateway.journey.filings.destinations import registries_of
from gateway.journey.filings.reconciling import settle
from gateway.journey.filings.records import correct_person, file_again
from gateway.journey.filings.refusals import person_at
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.registries import printed_forms, to_correct
from gateway.registries.code_choices import search_codes, short_tables
from gateway.store import Account, Person, Registration, Stay, Unit
from gateway.store.sealing import Erased
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_

MAX_FILINGS: Final = 200
MAX_STATES: Final = 100
MAX_OTHERS: Final = 40
ERASED: Final = N_("This record has been deleted.")


class ProblemShown(BaseModel):
    """Why the registry would refuse the filing: field, rule and a sentence, without the field's value.

    `menders`: who can correct the field.
    """

    field: str
    rule: str
    sentence: str
    menders: list[Mender] = []


class DifferenceShown(BaseModel):
    """A field that is transliterated for the registry, masked: as given, and as sent."""

    field: str
    given: str
    sent: str


class CorrectionMade(BaseModel):
    """The correction that a filing reports: who made it, when, which fields it names, and why.

    `name` is that of the account, empty for a tenant; `reason` is empty for a tenant, or once the person was erased.
    """

    by: Mender
    name: str
    at: str
    fields: list[str]
    reason: str


class PreviewShown(BaseModel):
    """A filing as it would be sent. `registry_ready` is false if the registry is not set up.

    `tables` maps each of the registry's code tables to its version. `others` are the stay's other filings, at every
    registry that the unit reports to.
    """

    filing: FilingShown
    others: list[FilingShown]
    unit: str
    stay: str
    people: int
    registry: str
    registry_ready: bool
    problems: list[ProblemShown]
    differences: list[DifferenceShown]
    tables: dict[str, str]
    correction: CorrectionMade | None = None


class OutcomeForm(Strict):
    """The outcome that a person found out for a record whose answer was lost."""

    outcome: Literal["accepted", "not_received"]
    receipt: Annotated[str, Field(max_length=128)] = ""


class CorrectionForm(Strict):
    """The correct values of fields that were wrong, and the reason.

    `person`: the place in the record of the person to correct, from 1; by default the one it was made for.
    """

    person: Annotated[int, Field(ge=1, le=200)] | None = None
    fields: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=3, max_length=200)]


def within(account: Account) -> Select[Registration]:
    """Return a query for the registrations of an officer's area, or of a landlord's units."""
    query = select(Registration).join(Stay, Registration.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    if account.role == "officer":
        return query.where(Unit.area.startswith(account.area or "nowhere", autoescape=True))
    return query.where(Unit.landlord_id == (account.landlord_id or "nobody"))


def get_filing(session: Session, account: Account, registration_id: str) -> Registration:
    """Return a registration that the account may see. Raises NotFound."""
    row = session.scalars(within(account).where(Registration.id == registration_id)).one_or_none()
    if row is None:
        raise NotFound(N_("You have no such record."))
    return row


def list_attention(gateway: Gateway, account: Account) -> list[FilingShown]:
    """Return open filings that need a person or whose deadline is near or past, nearest first, at most MAX_FILINGS."""
    now = gateway.now()
    query = within(account).where(pressing(now)).order_by(Registration.deadline_at)
    with gateway.database.reading() as session:
        return [filing_shown(row, now) for row in session.scalars(query.limit(MAX_FILINGS))]


def list_states(gateway: Gateway, account: Account) -> list[tuple[str, str]]:
    """Return id and state of the account's latest MAX_STATES registrations, without personal data."""
    query = within(account).with_only_columns(Registration.id, Registration.state)
    with gateway.database.reading() as session:
        rows = session.execute(query.order_by(Registration.created_at.desc()).limit(MAX_STATES))
        return [(row.id, row.state) for row in rows]


def others_of(session: Session, row: Registration, now: int) -> list[FilingShown]:
    """Return the latest MAX_OTHERS filings of the same stay beside this one, latest first."""
    query = select(Registration).where(Registration.stay_id == row.stay_id, Registration.id != row.id)
    latest = query.order_by(Registration.created_at.desc(), Registration.number.desc()).limit(MAX_OTHERS)
    return [filing_shown(other, now) for other in session.scalars(latest)]


def preview_filing(gateway: Gateway, account: Account, registration_id: str, language: str = SOURCE) -> PreviewShown:
    """Return what the registry would refuse, in `language`, or receive in another spelling; masked, and logged first.

    Raises NotFound (no such record, or the person was erased), or DisclosureBlocked if the log cannot be written.
    """
    with gateway.database.reading() as session:
        row = get_filing(session, account, registration_id)
        parts = parts_of(session, [row.id]).get(row.id, [])
        unit_id = row.stay.unit_id
        others = others_of(session, row, gateway.now())
        correction = correction_of(gateway, session, row)
    registry = gateway.registries.get(row.registry_name)
    reader, subject = f"{account.role}:{account.id}", f"registration:{row.id}"
    now = gateway.now()
    disclose(gateway.database, consumer=reader, purpose="filing_preview", subject=subject, fields="masked", now=now)
    try:
        record = open_record(parts, gateway.vault)
    except Erased:
        raise NotFound(ERASED) from None
    problems = to_correct(row.registry_name, registry.problems(record)) if registry else ()
    differences = registry.differences(record) if registry else ()
    return PreviewShown(
        filing=filing_shown(row, now),
        others=others,
        unit=unit_id,
        stay=row.stay_id,
        people=len(record.people),
        registry=row.registry_name,
        registry_ready=registry is not None,
        problems=[
            ProblemShown(
                field=found.field, rule=found.rule, sentence=found.text(language), menders=list(menders_of(found.field))
            )
            for found in problems
        ],
        differences=[
            DifferenceShown(field=found.field, given=mask_name(found.given), sent=mask_name(found.sent))
            for found in differences
        ],
        tables=dict(registry.tables()) if registry else {},
        correction=correction,
    )


def correction_of(gateway: Gateway, session: Session, row: Registration) -> CorrectionMade | None:
    """Return the correction that a filing reports, or None if it reports something else."""
    role, _, author = (row.corrected_by or "").partition(":")
    if not role:
        return None
    account = session.get(Account, author) if role != "tenant" else None
    return CorrectionMade(
        by=cast("Mender", role),
        name=account.name if account else "",
        at=wall_clock(row.created_at, row.stay.unit.timezone),
        fields=list(row.corrected_fields or ()),
        reason=reason_of(row, gateway.keyring),
    )


def print_filing(gateway: Gateway, account: Account, registration_id: str) -> tuple[PrintedForm, ...]:
    """Return the forms of a record that is kept here, with everything that they hold. The reading is logged first.

    Raises NotFound (no such record, no form, or the person was erased), or DisclosureBlocked.
    """
    with gateway.database.reading() as session:
        row = get_filing(session, account, registration_id)
        parts = parts_of(session, [row.id]).get(row.id, [])
    reader, subject = f"{account.role}:{account.id}", f"registration:{row.id}"
    now = gateway.now()
    disclose(gateway.database, consumer=reader, purpose="filing_form", subject=subject, fields="record", now=now)
    try:
        forms = printed_forms(row.registry_name, open_record(parts, gateway.vault))
    except Erased:
        raise NotFound(ERASED) from None
    if not forms:
        raise NotFound(N_("This registry has no form to print."))
    return forms


def find_codes(gateway: Gateway, account: Account, registration_id: str, path: str, text: str) -> list[CodeShown]:
    """Return entries of an authority's table by the beginnings of their words; at most 20. Raises NotFound.

    Empty where the record's registries take no code of a table at this path.
    """
    with gateway.database.reading() as session:
        unit = get_filing(session, account, registration_id).stay.unit
        registries, today = registries_of(unit), local_time(gateway.now(), unit.timezone).date()
    return [CodeShown(code=entry.code, name=entry.name) for entry in search_codes(registries, path, text, today)]


def tables_of(gateway: Gateway, account: Account, registration_id: str) -> dict[str, list[CodeShown]]:
    """Return the tables from which a correction of this record takes codes; one that is searched is empty."""
    with gateway.database.reading() as session:
        unit = get_filing(session, account, registration_id).stay.unit
        tables = short_tables(registries_of(unit), local_time(gateway.now(), unit.timezone).date())
    return {path: [CodeShown(code=entry.code, name=entry.name) for entry in found] for path, found in tables.items()}


def settle_filing(gateway: Gateway, account: Account, registration_id: str, form: OutcomeForm) -> FilingShown:
    """Settle a record of unknown outcome: the registry has it, or it is sent again.

    Returns the filing, or the new one in its place. Raises NotFound, or Conflict if the outcome is known.
    """
    by, now = f"{account.role}:{account.id}", gateway.now()
    with gateway.database.writing() as session:
        row = get_filing(session, account, registration_id)
        try:
            settled = settle(session, row, form.outcome, form.receipt.strip(), by, gateway.keyring, now)
        except Erased:
            raise NotFound(ERASED) from None
        return filing_shown(settled, now)


def file_filing_again(gateway: Gateway, account: Account, registration_id: str) -> FilingShown:
    """Send a refused record again, from what is known now. Returns the new filing. Raises NotFound or Conflict."""
    now = gateway.now()
    with gateway.database.writing() as session:
        row = get_filing(session, account, registration_id)
        try:
            return filing_shown(file_again(session, row, gateway.keyring, now), now)
        except Erased:
            raise NotFound(ERASED) from None


def correct_filing(gateway: Gateway, account: Account, registration_id: str, form: CorrectionForm) -> FilingShown:
    """Correct fields of the tenant: a correction goes to the registry, as it takes them, and to the feed.

    Returns the new filing. Raises NotFound, InputRefused (a field that does not exist or is not valid) or Conflict.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        row = get_filing(session, account, registration_id)
        if row.kind == "booking":
            raise Conflict(N_("Correct who booked and the terms on the page of the stay."))
        person = person_at(session, row, form.person)
        if person is None:
            raise NotFound(N_("Nobody is at this place of the record."))
        return filing_shown(_correct(gateway, session, row, person, form, f"{account.role}:{account.id}"), now)


def _correct(
    gateway: Gateway, session: Session, row: Registration, person: Person, form: CorrectionForm, author: str
) -> Registration:
    """Check the correction against the record that was filed, then file it. Raises InputRefused or NotFound."""
    now = gateway.now()
    today = local_time(now, row.stay.unit.timezone).date()
    try:
        record = open_record(parts_of(session, [row.id]).get(row.id, []), gateway.vault)
        checked = records_to_check(session, row, record, person, gateway.rules, gateway.keyring, now)
        changes = check_correction(record, person, form.fields, gateway.keyring, today, checked)
        filed = correct_person(session, row.stay, person, changes, gateway.keyring, now)
        note_correction(filed, form.fields, author, form.reason.strip(), gateway.keyring)
        return next((new for new in filed if new.registry_name == row.registry_name), row)
    except Erased:
        raise NotFound(ERASED) from None
