"""Route for the answer to a tenant who asks for another end of the stay."""

from fastapi import APIRouter

from api.framework.dependencies import Gate, LandlordId
from api.framework.repeatable_route import RepeatableRoute
from api.services.landlord import date_requests as service
from api.services.landlord.date_requests import AnswerForm
from api.services.schemas import DateRequestShown

router = APIRouter(route_class=RepeatableRoute, tags=["landlord"])


@router.post("/stays/{stay_id}/date-request")
def answer_date_request(gateway: Gate, landlord_id: LandlordId, stay_id: str, form: AnswerForm) -> DateRequestShown:
    """Agree to the tenant's request, which changes the stay, or decline it."""
    return service.answer_date_request(gateway, landlord_id, stay_id, form)
