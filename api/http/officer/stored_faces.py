"""Route for the number of people whose faces are stored."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, only
from api.services.officer.stored_faces import FacesShown, count_faces
from gateway.store import Account

router = APIRouter(route_class=CheckedRoute, prefix="/faces", tags=["cases"])


@router.get("")
def list_faces(gateway: Gate, account: Annotated[Account, Depends(only("officer", "tester"))]) -> list[FacesShown]:  # noqa: ARG001 - only who may ask
    """Return, for each jurisdiction that limits stored faces, how many are stored and how near the limit is."""
    return count_faces(gateway)
