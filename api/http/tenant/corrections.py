"""Routes for a tenant whose registration was refused: what is wrong, and its correction. The key is not affected."""

from fastapi import APIRouter

from api.framework.dependencies import Gate, OfferToken
from api.framework.repeatable_route import RepeatableRoute
from api.services.tenant import corrections as service
from api.services.tenant.corrections import OwnCorrectionForm, RefusalShown

router = APIRouter(route_class=RepeatableRoute, prefix="/onboarding", tags=["tenant"])


@router.get("/refusals")
def read_refusals(gateway: Gate, token: OfferToken) -> list[RefusalShown]:
    """Return the tenant's registrations that the registry refused, and which fields the tenant can correct."""
    return service.read_refusals(gateway, token)


@router.post("/corrections", status_code=201)
def correct_own(gateway: Gate, token: OfferToken, form: OwnCorrectionForm) -> list[RefusalShown]:
    """Correct fields of a refused registration, which then goes out again. Returns what is still refused."""
    return service.correct_own(gateway, token, form)
