"""Route for the enrolment of a device."""

from fastapi import APIRouter, Request

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, caller
from api.services.devices.enrolment import EnrolmentForm, EnrolmentShown, enrol

router = APIRouter(route_class=CheckedRoute, tags=["devices"])


@router.post("/enrolments", status_code=201)
async def create_enrolment(gateway: Gate, form: EnrolmentForm, request: Request) -> EnrolmentShown:
    """Enrol a device, once for each claim. The refusal is the same whatever is wrong."""
    return await enrol(gateway, form, caller(request))
