"""The landlord's answer to a tenant who asks for other dates."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Anybody, Gate, LandlordId
from api.http.landlord.stays import read_stay
from api.http.tenant import stay as api
from api.web.landlord.pages import stay_page, unit_named
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
    """Agree or decline; what stands against the dates is said on the page of the stay."""
    try:
        api.answer_date_request(gateway, landlord_id, stay_id, api.AnswerForm(answer=answer))
    except NotFound:
        raise
    except LodgekeyError as error:
        stay = read_stay(gateway, landlord_id, stay_id, account)
        return stay_page(request, account, stay, unit_named(gateway, landlord_id, stay.unit), None, error)
    return go(f"/landlord/stays/{stay_id}")
