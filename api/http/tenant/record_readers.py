"""Route for the readers of a tenant's own record."""

from fastapi import APIRouter

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, OfferToken
from api.services.tenant import record_readers as service
from api.services.tenant.record_readers import ReadersShown

router = APIRouter(route_class=CheckedRoute, tags=["disclosures"])


@router.get("/onboarding/readers")
def read_readers(gateway: Gate, token: OfferToken) -> ReadersShown:
    """Return who read the tenant's record and why, unless the law of the place forbids it."""
    return service.read_readers(gateway, token)
