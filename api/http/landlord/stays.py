"""Routes for a landlord's units, stays, offers and keys."""

from fastapi import APIRouter

from api.framework.dependencies import Anybody, Gate, IdempotencyKey, LandlordId, Owner
from api.framework.repeatable_route import RepeatableRoute
from api.services.landlord import bookings, offers, registries, stays, unit_facts, units
from api.services.landlord.bookings import BookingForm, OfferForm
from api.services.landlord.offers import ArrivalForm, DepartureForm
from api.services.landlord.registries import NewUnitForm, RegistriesForm
from api.services.landlord.unit_facts import UnitFactsForm, UnitFactsShown
from api.services.schemas import DatesForm, KeyShown, LockShown, OfferShown, StayShown, UnitForm, UnitShown

router = APIRouter(route_class=RepeatableRoute, tags=["landlord"])


@router.get("/units")
def list_units(gateway: Gate, landlord_id: LandlordId) -> list[UnitShown]:
    """Return the landlord's units with their locks."""
    return units.list_units(gateway, landlord_id)


@router.post("/units", status_code=201)
def create_unit(gateway: Gate, owner: Owner, form: NewUnitForm) -> UnitShown:
    """Create a unit that reports to one or more registries. Only for owners."""
    return registries.create_unit(gateway, owner, form)


@router.put("/units/{unit_id}/registries")
def change_registries(
    gateway: Gate, _: Owner, landlord_id: LandlordId, unit_id: str, form: RegistriesForm
) -> UnitShown:
    """Replace the registries that the unit reports to, and their facts, from its next record on. Only for owners."""
    return registries.change_registries(gateway, landlord_id, unit_id, form)


@router.patch("/units/{unit_id}")
def change_unit(gateway: Gate, landlord_id: LandlordId, unit_id: str, form: UnitForm) -> UnitShown:
    """Change how the unit's tenants prove that they are present. Applies to registrations from now on."""
    return units.change_unit(gateway, landlord_id, unit_id, form)


@router.get("/units/{unit_id}/facts")
def read_facts(gateway: Gate, landlord_id: LandlordId, unit_id: str) -> UnitFactsShown:
    """Return what the unit's registry takes of the unit and of the landlord."""
    return unit_facts.read_facts(gateway, landlord_id, unit_id)


@router.post("/units/{unit_id}/facts")
def correct_facts(gateway: Gate, landlord_id: LandlordId, unit_id: str, form: UnitFactsForm) -> UnitFactsShown:
    """Correct them. Records that were refused for them go out again; accepted ones are changed where that is taken."""
    return unit_facts.correct_facts(gateway, landlord_id, unit_id, form)


@router.get("/stays/{stay_id}/booking")
def read_booking(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> BookingForm | None:
    """Return who booked the stay and on what terms; null if nobody stated it."""
    return bookings.read_booking(gateway, landlord_id, stay_id)


@router.put("/stays/{stay_id}/booking")
def correct_booking(gateway: Gate, landlord_id: LandlordId, stay_id: str, form: BookingForm) -> StayShown:
    """Replace it. Registries that have the booking get a correction; a refused one goes out again."""
    return stays.correct_booking(gateway, landlord_id, stay_id, form)


@router.get("/stays")
def list_stays(gateway: Gate, landlord_id: LandlordId, account: Anybody) -> list[StayShown]:
    """Return the landlord's stays, the latest first, at most 200."""
    return stays.list_stays(gateway, landlord_id, account)


@router.get("/stays/{stay_id}")
def read_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str, account: Anybody) -> StayShown:
    """Return one stay."""
    return stays.read_stay(gateway, landlord_id, stay_id, account)


@router.post("/units/{unit_id}/offers", status_code=201)
def create_offer(
    gateway: Gate, landlord_id: LandlordId, unit_id: str, form: OfferForm, idempotency_key: IdempotencyKey = None
) -> OfferShown:
    """Create a stay and the link that offers its tenant a key."""
    return offers.create_offer(gateway, landlord_id, unit_id, form, idempotency_key)


@router.post("/stays/{stay_id}/offers", status_code=201)
def create_another_offer(
    gateway: Gate, landlord_id: LandlordId, stay_id: str, idempotency_key: IdempotencyKey = None
) -> OfferShown:
    """Create one more link for the same stay; each tenant needs one."""
    return offers.create_another_offer(gateway, landlord_id, stay_id, idempotency_key)


@router.post("/offers/{offer_id}/phones", status_code=201)
def create_phone_offer(
    gateway: Gate, landlord_id: LandlordId, offer_id: str, idempotency_key: IdempotencyKey = None
) -> OfferShown:
    """Create a link for a second or a new phone of the tenant who registered with this one; no second check-in."""
    return offers.create_phone_offer(gateway, landlord_id, offer_id, idempotency_key)


@router.post("/offers/{offer_id}/arrival")
def record_arrival(gateway: Gate, landlord_id: LandlordId, offer_id: str, form: ArrivalForm) -> OfferShown:
    """Record when the tenant of this link arrived, if not with the others: reported as the registry takes changes."""
    return offers.record_arrival(gateway, landlord_id, offer_id, form)


@router.post("/offers/{offer_id}/departure")
def record_departure(
    gateway: Gate, landlord_id: LandlordId, offer_id: str, form: DepartureForm | None = None
) -> OfferShown:
    """Record that the tenant of this link left before the others: their keys are revoked, their departure is filed."""
    return offers.record_departure(gateway, landlord_id, offer_id, form or DepartureForm())


@router.post("/offers/{offer_id}/withdraw")
def withdraw_offer(gateway: Gate, landlord_id: LandlordId, offer_id: str) -> OfferShown:
    """Make a link stop working."""
    return offers.withdraw_offer(gateway, landlord_id, offer_id)


@router.patch("/stays/{stay_id}")
def change_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str, form: DatesForm) -> StayShown:
    """Give a stay other dates. Its keys follow, and the registry gets a change."""
    return stays.change_stay(gateway, landlord_id, stay_id, form)


@router.post("/stays/{stay_id}/end")
def end_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> StayShown:
    """End a stay now. Its keys are revoked until the locks confirm that they are gone, and its check-out is filed."""
    return stays.end_stay(gateway, landlord_id, stay_id)


@router.post("/keys/{key_id}/revoke")
def revoke(gateway: Gate, landlord_id: LandlordId, key_id: str) -> KeyShown:
    """Revoke a key. Its state is "revoking" until the lock confirms that the key is gone."""
    return stays.revoke_key(gateway, landlord_id, key_id)


@router.post("/locks/{lock_id}/read-back", status_code=202)
def ask_lock(gateway: Gate, landlord_id: LandlordId, lock_id: str) -> LockShown:
    """Have a lock asked for its whole state until it reports it. The answer is what it reported last."""
    return units.request_lock_state(gateway, landlord_id, lock_id)
