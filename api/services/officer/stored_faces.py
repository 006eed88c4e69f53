"""How many people's faces are stored in each jurisdiction that limits it. Contains no personal data."""

from typing import Final

from pydantic import BaseModel

from gateway.bootstrap import Gateway
from gateway.journey.filings.portraits import faces_stored

STATES: Final = ("free", "warn", "filing_due", "blocked")  # from far below the limit to above it


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


def count_faces(gateway: Gateway) -> list[FacesShown]:
    """Return the count of stored faces of each jurisdiction that has a limit."""
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
    """Return the state, of STATES, of the jurisdiction that is nearest to its limit; "free" if none has a limit."""
    return max((found.state for found in count_faces(gateway)), key=STATES.index, default=STATES[0])
