"""Cases that wait for a person: an officer in their area, or the landlord of the unit."""

from typing import Annotated, Final

from fastapi import APIRouter, Response
from fastapi import Path as PathParameter
from sqlalchemy.orm import Session

from api.framework.dependencies import Decider, Gate
from api.services.schemas import CaseOpened, CaseShown, DecisionForm
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import NotFound
from gateway.journey.filings.records import person_fields
from gateway.journey.tenants import onboarding as steps
from gateway.store import Account, Person, Verification
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

router = APIRouter(prefix="/cases", tags=["cases"])

PARTS: Final = ("document", "portrait", "face")


def find_case(session: Session, account: Account, case_id: str) -> Verification:
    """A case the account may decide; NotFound otherwise."""
    return steps.case_named(session, case_id, **scope_of(account))


def scope_of(account: Account) -> dict[str, str | None]:
    """What the account's cases are limited to: an officer's area, a landlord's units."""
    if account.role == "officer":
        return {"area": account.area or "nowhere"}
    return {"landlord_id": account.landlord_id or "nobody"}


def case_shown(gateway: Gateway, case: Verification) -> CaseShown:
    """A case without what the tenant gave."""
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


@router.get("")
def list_cases(gateway: Gate, account: Decider) -> list[CaseShown]:
    """Every case that waits, the oldest first."""
    query = steps.cases(**scope_of(account)).where(Verification.state == "review").order_by(Verification.created_at)
    with gateway.database.reading() as session:
        return [case_shown(gateway, case) for case in session.scalars(query.limit(200))]


@router.get("/{case_id}")
def read_case(gateway: Gate, account: Decider, case_id: str) -> CaseOpened:
    """One case with the fields the tenant gave; logged before it is shown."""
    with gateway.database.reading() as session:
        case = find_case(session, account, case_id)
        person = session.get(Person, case.person_id) if case.person_id else None
    disclose(
        gateway.database,
        consumer=f"{account.role}:{account.id}",
        purpose="case_decision",
        subject=f"case:{case.id}",
        fields="fields",
        now=gateway.now(),
    )
    try:
        fields = person_fields(person, gateway.keyring) if person else {}
    except Erased:
        fields = {}
    return CaseOpened(**case_shown(gateway, case).model_dump(), fields=fields)


@router.get("/{case_id}/pictures/{part}", response_class=Response)
def read_picture(
    gateway: Gate,
    account: Decider,
    case_id: str,
    part: Annotated[str, PathParameter(pattern="^(document|portrait|face)$")],
) -> Response:
    """One picture of a case while it is still in memory; logged before it is shown, never cached."""
    with gateway.database.reading() as session:
        case = find_case(session, account, case_id)
    pictures = gateway.pictures.get(case.id)
    content: bytes | None = getattr(pictures, part) if pictures else None
    if content is None:
        raise NotFound(N_("This photo is no longer stored. Ask the tenant to take it again."))
    disclose(
        gateway.database,
        consumer=f"{account.role}:{account.id}",
        purpose="case_decision",
        subject=f"case:{case.id}",
        fields=part,
        now=gateway.now(),
    )
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=kind, headers=headers)


@router.post("/{case_id}/decision")
def decide(gateway: Gate, account: Decider, case_id: str, form: DecisionForm) -> CaseShown:
    """Pass, refuse with a reason, or ask the tenant to show it again. The pictures go with the decision."""
    with gateway.database.writing() as session:
        case = find_case(session, account, case_id)
        steps.decide_case(session, case, form.decision, account.id, form.reason, gateway.keyring, gateway.now())
    gateway.pictures.drop(case_id)
    return case_shown(gateway, case)
