"""Cases that wait for a person's decision: by an officer of the area, or by the staff of the unit's landlord."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict

from sqlalchemy.orm import Session

from api.services.schemas import CaseOpened, CaseShown, CodeShown, DecisionForm
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import InputRefused, NotFound
from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.refusal import FieldsRefused, refused_names, whole_refusal
from gateway.domain.verification.field_sources import conclude
from gateway.journey.filings.arrival_rules import arrival_problems
from gateway.journey.filings.corrections import CORRECTABLE, complete_fields
from gateway.journey.filings.destinations import registries_of
from gateway.journey.filings.person_fields import person_sources
from gateway.journey.tenants import onboarding as steps
from gateway.registries.code_choices import search_codes, short_tables
from gateway.store import Account, Person, Verification
from gateway.store.sealing import Erased
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_

PARTS: Final = ("document", "portrait", "face")
MAX_CASES: Final = 200
PNG: Final = b"\x89PNG"


class CaseScope(TypedDict, total=False):
    """The area of an officer, or the landlord of staff, whose cases an account may decide."""

    area: str
    landlord_id: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image and its media type, image/png or image/jpeg."""

    content: bytes = field(repr=False)
    media_type: str


def scope_of(account: Account) -> CaseScope:
    """Return the scope of the account's cases. It matches no case if the account has neither area nor landlord."""
    if account.role == "officer":
        return {"area": account.area or "nowhere"}
    return {"landlord_id": account.landlord_id or "nobody"}


def find_case(session: Session, account: Account, case_id: str) -> Verification:
    """Return a case that the account may decide. Raises NotFound."""
    return steps.get_case(session, case_id, **scope_of(account))


def present_case(gateway: Gateway, case: Verification) -> CaseShown:
    """Present a case without personal data; `pictures` names the images that are still in memory."""
    pictures = gateway.pictures.get(case.id)
    return CaseShown(
        id=case.id,
        unit=case.offer.stay.unit.label,
        area=case.offer.stay.unit.area,
        state=case.state,
        method=case.method,
        reasons=list(case.reasons),
        score_band=case.score_band,
        created_at=case.created_at,
        pictures=[part for part in PARTS if pictures is not None and getattr(pictures, part)],
    )


def list_cases(gateway: Gateway, account: Account) -> list[CaseShown]:
    """Return the cases that wait for a decision of the account, oldest first, at most MAX_CASES."""
    query = steps.cases(**scope_of(account)).where(Verification.state == "review").order_by(Verification.created_at)
    with gateway.database.reading() as session:
        return [present_case(gateway, case) for case in session.scalars(query.limit(MAX_CASES))]


def read_case(gateway: Gateway, account: Account, case_id: str, language: str = SOURCE) -> CaseOpened:
    """Return a case with the tenant's fields; none if the person was erased. The reading is logged first.

    What a registry would refuse is said in `language`.

    Raises NotFound, or DisclosureBlocked if the log cannot be written.
    """
    with gateway.database.reading() as session:
        case = find_case(session, account, case_id)
        person = session.get(Person, case.person_id) if case.person_id else None
    _log_reading(gateway, account, case.id, "fields")
    try:
        sources = person_sources(person, gateway.keyring) if person else {}
    except Erased:
        sources = {}
    shown = {name: dict(texts) for name, texts in sources.items()}
    return CaseOpened(
        **present_case(gateway, case).model_dump(),
        fields=conclude(sources),
        sources=shown,
        problems=problems_of(gateway, account, case_id, language) if sources and case.state == "review" else {},
    )


def problems_of(gateway: Gateway, account: Account, case_id: str, language: str) -> dict[str, str]:
    """Return by field of a waiting case that a registry would refuse what to do. Raises NotFound."""
    with gateway.database.reading() as session, session.no_autoflush:
        case = find_case(session, account, case_id)
        person = session.get_one(Person, case.person_id)
        found = arrival_problems(session, case.offer.stay, person, gateway.keyring, gateway.now())
        session.rollback()  # the arrival was set to be checked, not to be kept
    named = FieldsRefused(found).shown(language) if found else []
    first = {str(one["field"]): str(one["sentence"]) for one in reversed(named)}
    return {name: text for name, text in first.items() if name in CORRECTABLE}


def tables_for(
    gateway: Gateway, account: Account, case_id: str, given: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return by path the codes and names that a field takes; of a table that is long those of a given name, or none."""
    with gateway.database.reading() as session:
        unit = find_case(session, account, case_id).offer.stay.unit
        registries, today = registries_of(unit), local_time(gateway.now(), unit.timezone).date()
    tables = short_tables(registries, today)
    for path in [path for path in tables if not tables[path] and given.get(path)]:
        tables[path] = search_codes(registries, path, given[path], today)
    return {path: [(entry.code, entry.name) for entry in entries] for path, entries in tables.items()}


def find_codes(gateway: Gateway, account: Account, case_id: str, path: str, text: str) -> list[CodeShown]:
    """Return entries of an authority's table by the beginnings of their words; at most 20. Raises NotFound.

    Empty where the unit's registries take no code of a table at this path.
    """
    with gateway.database.reading() as session:
        unit = find_case(session, account, case_id).offer.stay.unit
        registries, today = registries_of(unit), local_time(gateway.now(), unit.timezone).date()
    return [CodeShown(code=entry.code, name=entry.name) for entry in search_codes(registries, path, text, today)]


def read_picture(gateway: Gateway, account: Account, case_id: str, part: str) -> Picture:
    """Return one image of a case from memory; `part` is one of PARTS. The reading is logged first.

    Raises NotFound (no such case, or the image is no longer in memory) or DisclosureBlocked.
    """
    with gateway.database.reading() as session:
        case = find_case(session, account, case_id)
    pictures = gateway.pictures.get(case.id)
    content: bytes | None = getattr(pictures, part) if pictures else None
    if content is None:
        raise NotFound(N_("This photo is no longer stored. Ask the tenant to take it again."))
    _log_reading(gateway, account, case.id, part)
    return Picture(content, "image/png" if content.startswith(PNG) else "image/jpeg")


def decide_case(
    gateway: Gateway, account: Account, case_id: str, form: DecisionForm, *, keep: bool = True
) -> CaseShown:
    """Record a decision and discard the case's images; unless `keep`, only try it, to find what would refuse it.

    Raises NotFound, Conflict if the case cannot be decided, or InputRefused with all fields that would be wrong or that
    a registry would refuse.
    """
    given = {name: text.strip() for name, text in form.fields.items() if text.strip()}
    with gateway.database.writing() as session:
        case = find_case(session, account, case_id)
        if given and form.decision == "pass" and case.state == "review":
            _complete(session, case, given, gateway)
        steps.decide_case(session, case, form.decision, account.id, form.reason, gateway.keyring, gateway.now())
        if not keep:
            tried = present_case(gateway, case)
            session.rollback()
            return tried
    gateway.pictures.drop(case_id)
    return present_case(gateway, case)


def _complete(session: Session, case: Verification, given: Mapping[str, str], gateway: Gateway) -> None:
    """Store the fields; raises FieldsRefused with those that are wrong and what a registry would still refuse."""
    person, left = session.get_one(Person, case.person_id), dict(given)
    refused: list[InputRefused] = []
    while left:
        try:
            complete_fields(session, person, left, gateway.keyring, gateway.now())
            break
        except InputRefused as error:
            refused.append(error)
            wrong = refused_names(refused)
            if wrong.isdisjoint(left):
                break
            left = {name: text for name, text in left.items() if name not in wrong}
    if refused:
        more = arrival_problems(session, case.offer.stay, person, gateway.keyring, gateway.now())
        raise whole_refusal(refused, more)


def _log_reading(gateway: Gateway, account: Account, case_id: str, fields: str) -> None:
    disclose(
        gateway.database,
        consumer=f"{account.role}:{account.id}",
        purpose="case_decision",
        subject=f"case:{case_id}",
        fields=fields,
        now=gateway.now(),
    )
