"""The landlord's calls: units, stays, offers, keys."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.framework.dependencies import Anybody, Gate, IdempotencyKey, LandlordId
from api.services.idempotency import once
from api.services.presenters import filing_shown, key_shown, lock_shown, offer_shown, stay_shown, unit_shown
from api.services.schemas import (
    DatesForm,
    FilingShown,
    KeyShown,
    LockShown,
    OfferForm,
    OfferShown,
    StayShown,
    UnitForm,
    UnitShown,
)
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import may
from gateway.domain.errors import InputRefused, NotFound
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window, instant
from gateway.journey.stays import landlord as steps
from gateway.store import Account, Offer, Registration, Stay, Unit
from gateway.texts.marks import N_

router = APIRouter(tags=["landlord"])


def without_links(stay: StayShown, account: Account) -> StayShown:
    """The stay as this account may see it: whoever may only look gets no link, for a link lets somebody in."""
    if may(account.staff, "act"):
        return stay
    return stay.model_copy(update={"offers": []})


def link_of(gateway: Gateway, offer: Offer) -> str:
    """The address a tenant opens."""
    return f"{gateway.settings.address}/o/{token_of(offer.id, gateway.keyring.offer_secret)}"


def filings_of(session: Session, stay: Stay, now: int) -> list[FilingShown]:
    """How the stay's records stand."""
    rows = session.scalars(
        select(Registration)
        .where(Registration.stay_id == stay.id)
        .order_by(Registration.created_at, Registration.number)
    )
    return [filing_shown(row, now) for row in rows]


def show_stay(gateway: Gateway, session: Session, stay: Stay) -> StayShown:
    """A stay with its links, keys and filings."""
    offers = [offer_shown(offer, link_of(gateway, offer)) for offer in stay.offers]
    return stay_shown(session, stay, filings_of(session, stay, gateway.now()), offers, gateway.now())


@router.get("/units")
def list_units(gateway: Gate, landlord_id: LandlordId) -> list[UnitShown]:
    """The landlord's units with their locks."""
    query = select(Unit).where(Unit.landlord_id == landlord_id).options(selectinload(Unit.devices)).order_by(Unit.label)
    with gateway.database.reading() as session:
        return [unit_shown(unit) for unit in session.scalars(query)]


@router.patch("/units/{unit_id}")
def change_unit(gateway: Gate, landlord_id: LandlordId, unit_id: str, form: UnitForm) -> UnitShown:
    """Choose how the unit's tenants show to be there; holds for whoever registers from now on."""
    with gateway.database.writing() as session:
        unit = steps.unit_of(session, unit_id, landlord_id)
        unit.liveness_level = form.liveness_level
        session.flush()
        return unit_shown(unit)


@router.get("/stays")
def list_stays(gateway: Gate, landlord_id: LandlordId, account: Anybody) -> list[StayShown]:
    """The landlord's stays, the latest first; two hundred at most."""
    query = select(Stay).join(Unit).where(Unit.landlord_id == landlord_id).order_by(Stay.from_at.desc()).limit(200)
    with gateway.database.reading() as session:
        return [without_links(show_stay(gateway, session, stay), account) for stay in session.scalars(query)]


@router.get("/stays/{stay_id}")
def read_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str, account: Anybody) -> StayShown:
    """One stay."""
    with gateway.database.reading() as session:
        return without_links(show_stay(gateway, session, steps.stay_of(session, stay_id, landlord_id)), account)


@router.post("/units/{unit_id}/offers", status_code=201)
def create_offer(
    gateway: Gate, landlord_id: LandlordId, unit_id: str, form: OfferForm, idempotency_key: IdempotencyKey = None
) -> OfferShown:
    """Offer a key: a stay and its link."""
    now = gateway.now()
    with gateway.database.writing() as session:
        unit = steps.unit_of(session, unit_id, landlord_id)

        def make() -> str:
            window = Window(instant(form.from_, unit.timezone, "from"), instant(form.until, unit.timezone, "until"))
            return steps.offer_key(session, unit, window, now).id

        request = f"offer/{unit_id}/{form.from_}/{form.until}"
        offer_id, _ = once(session, f"landlord:{landlord_id}", idempotency_key, request, now, make)
        offer = session.get_one(Offer, offer_id)
        return offer_shown(offer, link_of(gateway, offer))


@router.post("/stays/{stay_id}/offers", status_code=201)
def create_another_offer(
    gateway: Gate, landlord_id: LandlordId, stay_id: str, idempotency_key: IdempotencyKey = None
) -> OfferShown:
    """Another link for the same stay: one for each tenant."""
    now = gateway.now()
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        owner, request = f"landlord:{landlord_id}", f"another/{stay_id}"
        offer_id, _ = once(
            session, owner, idempotency_key, request, now, lambda: steps.add_offer(session, stay, now).id
        )
        offer = session.get_one(Offer, offer_id)
        return offer_shown(offer, link_of(gateway, offer))


@router.post("/offers/{offer_id}/withdraw")
def withdraw_offer(gateway: Gate, landlord_id: LandlordId, offer_id: str) -> OfferShown:
    """Make a link stop working."""
    with gateway.database.writing() as session:
        offer = session.get(Offer, offer_id)
        if offer is None or offer.stay.unit.landlord_id != landlord_id:
            raise NotFound(N_("There is no such link. Choose one from your list."))
        steps.withdraw_offer(session, offer, gateway.now())
        return offer_shown(offer, link_of(gateway, offer))


@router.patch("/stays/{stay_id}")
def change_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str, form: DatesForm) -> StayShown:
    """Move a stay: keys follow, and the registry is told."""
    if form.from_ is None and form.until is None:
        raise InputRefused(N_("Enter a new check-in or check-out time."), field="until")
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        zone = stay.unit.timezone
        start = instant(form.from_, zone, "from") if form.from_ else stay.from_at
        end = instant(form.until, zone, "until") if form.until else stay.until_at
        steps.change_stay(session, stay, Window(start, end), gateway.keyring, gateway.now())
        session.flush()
        return show_stay(gateway, session, stay)


@router.post("/stays/{stay_id}/end")
def end_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> StayShown:
    """End a stay now: keys are revoked until the lock says they are gone, and the check-out is reported."""
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        steps.end_stay(session, stay, gateway.keyring, gateway.now())
        session.flush()
        return show_stay(gateway, session, stay)


@router.post("/keys/{key_id}/revoke")
def revoke(gateway: Gate, landlord_id: LandlordId, key_id: str) -> KeyShown:
    """Revoke a key. The answer says "revoking" until the lock itself says the key is gone."""
    with gateway.database.writing() as session:
        key = steps.key_of(session, key_id, landlord_id)
        steps.revoke_for_landlord(session, key, gateway.keyring.passcode_key, gateway.now())
        session.flush()
        return key_shown(session, key, gateway.now())


@router.post("/locks/{lock_id}/read-back", status_code=202)
def ask_lock(gateway: Gate, landlord_id: LandlordId, lock_id: str) -> LockShown:
    """Have a lock asked to tell its whole state, until it has told it. The answer is what it said last."""
    with gateway.database.writing() as session:
        lock = steps.lock_of(session, lock_id, landlord_id)
        steps.read_back(session, lock, gateway.now())
        return lock_shown(lock)
