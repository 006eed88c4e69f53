"""How many people's faces are stored, for those who run the place: a number a jurisdiction, and nobody's face."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.framework.dependencies import Gate, only
from gateway.bootstrap import Gateway
from gateway.journey.filings.portraits import faces_stored
from gateway.store import Account

STATES: Final = ("free", "warn", "filing_due", "blocked")

router = APIRouter(prefix="/faces", tags=["cases"])


class FacesShown(BaseModel):
    """Faces stored now; state: free, warn (from 80 % of the limit), filing_due or blocked (no more is stored).

    `filing` is the number of the filing with the authority, `filing_days` the working days left for one.
    """

    jurisdiction: str
    people: int
    limit: int
    state: str
    filing: str | None
    filing_days: int | None


@router.get("")
def list_faces(gateway: Gate, account: Annotated[Account, Depends(only("officer", "tester"))]) -> list[FacesShown]:  # noqa: ARG001 - who may ask
    """Each jurisdiction with a limit on stored faces, and how far it is from it."""
    return count_faces(gateway)


def count_faces(gateway: Gateway) -> list[FacesShown]:
    """The same, for pages and probes."""
    with gateway.database.reading() as session:
        return [
            FacesShown(
                jurisdiction=found.jurisdiction,
                people=found.count.people,
                limit=found.limit,
                state=found.count.state,
                filing=found.filing,
                filing_days=found.count.filing_days,
            )
            for found in faces_stored(session, gateway.settings.face_filings)
        ]


def worst_state(gateway: Gateway) -> str:
    """The state of the jurisdiction that is nearest to its limit."""
    return max((found.state for found in count_faces(gateway)), key=STATES.index, default=STATES[0])
