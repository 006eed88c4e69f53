"""A landlord's stays and their keys."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.services.landlord.bookings import BookingForm, keep_booking
from api.services.landlord.stays_shown import present_stays, with_rows
from api.services.presenters import key_shown
from api.services.schemas import DatesForm, KeyShown, StayShown
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import may
from gateway.domain.errors import InputRefused
from gateway.domain.stays.stay import Window, instant
from gateway.journey.stays import landlord as steps
from gateway.store import Account, Stay, Unit
from gateway.texts.marks import N_

MAX_STAYS: Final = 200


def without_links(stay: StayShown, account: Account) -> StayShown:
    """Return the stay as the account may see it: without links, which let a tenant in, unless it may act."""
    if may(account.staff, "act"):
        return stay
    return stay.model_copy(update={"offers": []})


def present_stay(gateway: Gateway, session: Session, stay: Stay) -> StayShown:
    """Present a stay with its links, keys and filings."""
    (shown,) = present_stays(gateway, session, [stay])
    return shown


def list_stays(gateway: Gateway, landlord_id: str, account: Account) -> list[StayShown]:
    """Return the landlord's stays, latest first, at most MAX_STAYS; links only if the account may act."""
    query = select(Stay).join(Unit).where(Unit.landlord_id == landlord_id).order_by(Stay.from_at.desc())
    with gateway.database.reading() as session:
        stays = session.scalars(with_rows(query.limit(MAX_STAYS))).all()
        return [without_links(shown, account) for shown in present_stays(gateway, session, stays)]


def read_stay(gateway: Gateway, landlord_id: str, stay_id: str, account: Account) -> StayShown:
    """Return one stay, with links only if the account may act. Raises NotFound."""
    with gateway.database.reading() as session:
        return without_links(present_stay(gateway, session, steps.stay_of(session, stay_id, landlord_id)), account)


def change_stay(gateway: Gateway, landlord_id: str, stay_id: str, form: DatesForm) -> StayShown:
    """Give a stay other dates: its keys follow, and the registry gets a change.

    Raises NotFound, InputRefused (no date, or one that cannot be read) or Conflict.
    """
    if form.from_ is None and form.until is None:
        raise InputRefused(N_("Enter a new check-in or check-out time."), field="until")
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        zone = stay.unit.timezone
        start = instant(form.from_, zone, "from") if form.from_ else stay.from_at
        end = instant(form.until, zone, "until") if form.until else stay.until_at
        steps.change_stay(session, stay, Window(start, end), gateway.keyring, gateway.now())
        session.flush()
        return present_stay(gateway, session, stay)


def correct_booking(gateway: Gateway, landlord_id: str, stay_id: str, form: BookingForm) -> StayShown:
    """Replace a stay's booking: reported to its registries as they take corrections.

    Raises NotFound, InputRefused (with the fields that the registries' rules refuse) or Conflict.
    """
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        keep_booking(gateway, session, stay, form)
        session.flush()
        return present_stay(gateway, session, stay)


def end_stay(gateway: Gateway, landlord_id: str, stay_id: str) -> StayShown:
    """End a stay now: its keys are revoked and its check-out is filed. Raises NotFound."""
    with gateway.database.writing(essential=True) as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        steps.end_stay(session, stay, gateway.keyring, gateway.now())
        session.flush()
        return present_stay(gateway, session, stay)


def revoke_key(gateway: Gateway, landlord_id: str, key_id: str) -> KeyShown:
    """Revoke a key; its state stays "revoking" until the lock confirms that the key is gone. Raises NotFound."""
    with gateway.database.writing(essential=True) as session:
        key = steps.key_of(session, key_id, landlord_id)
        steps.revoke_for_landlord(session, key, gateway.keyring.passcode_key, gateway.now())
        session.flush()
        return key_shown(session, key, gateway.now())


def stay_id_of_key(gateway: Gateway, landlord_id: str, key_id: str) -> str:
    """Return the stay of a key. Raises NotFound."""
    with gateway.database.reading() as session:
        return steps.key_of(session, key_id, landlord_id).stay_id
