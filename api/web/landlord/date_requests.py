"""Form of a landlord's answer to a tenant who asks for other dates."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Anybody, Gate, LandlordId
from api.services.landlord import date_requests as service
from api.services.landlord.date_requests import AnswerForm
from api.services.landlord.stays import read_stay
from api.services.landlord.units import get_unit
from api.web.landlord.pages import stay_page
from api.web.shell.page_route import PageRoute, go
from gateway.domain.errors import LodgekeyError, NotFound

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)


@router.post("/stays/{stay_id}/date-request")
def answer_date_request(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    stay_id: str,
    answer: Annotated[Literal["agree", "decline"], Form()],
) -> Response:
    """Agree or decline; show the page of the stay with the error if the dates are not possible."""
    try:
        service.answer_date_request(gateway, landlord_id, stay_id, AnswerForm(answer=answer))
    except NotFound:
        raise
    except LodgekeyError as error:
        stay = read_stay(gateway, landlord_id, stay_id, account)
        return stay_page(request, account, stay, get_unit(gateway, landlord_id, stay.unit), None, error)
    return go(f"/landlord/stays/{stay_id}")
