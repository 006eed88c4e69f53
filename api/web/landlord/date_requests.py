"""Form of a landlord's answer to a tenant who asks for other dates."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response

from api.framework.dependencies import Gate, LandlordId
from api.services.landlord import date_requests as service
from api.services.landlord.date_requests import AnswerForm
from api.web.landlord.pages import stay_again
from api.web.shell.forms import shown_again
from api.web.shell.page_route import PageRoute, go

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)


@router.post("/stays/{stay_id}/date-request")
@shown_again(stay_again)
def answer_date_request(
    gateway: Gate, landlord_id: LandlordId, stay_id: str, answer: Annotated[Literal["agree", "decline"], Form()]
) -> Response:
    """Agree or decline."""
    service.answer_date_request(gateway, landlord_id, stay_id, AnswerForm(answer=answer))
    return go(f"/landlord/stays/{stay_id}")
