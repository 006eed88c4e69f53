"""One registration record, opened by an officer for a stated purpose."""

from sqlalchemy import select

from api.services.schemas import PurposeForm, RecordOpened
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import NotFound
from gateway.feed.stream import record_shown
from gateway.journey.filings.person_fields import person_fields
from gateway.store import Account, Person, Registration, Stay, Unit
from gateway.store.sealing import Erased
from gateway.texts.marks import N_


def open_record(gateway: Gateway, officer: Account, registration_id: str, form: PurposeForm) -> RecordOpened:
    """Return a record of the officer's area unmasked. The reading is logged first.

    Raises NotFound (outside the area, or the person was erased), or DisclosureBlocked if the log cannot be written.
    """
    query = select(Registration).join(Stay, Registration.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    query = query.where(
        Registration.id == registration_id, Unit.area.startswith(officer.area or "nowhere", autoescape=True)
    )
    with gateway.database.reading() as session:
        row = session.scalars(query).one_or_none()
        if row is None:
            raise NotFound(N_("There is no such record in your area."))
        person = session.get_one(Person, row.person_id)
        shown = record_shown("", row.created_at, row, row.stay)
    disclose(
        gateway.database,
        consumer=f"officer:{officer.id}",
        purpose=form.purpose,
        subject=f"registration:{row.id}",
        fields="all",
        now=gateway.now(),
    )
    try:
        return RecordOpened(record=shown, person=person_fields(person, gateway.keyring))
    except Erased:
        raise NotFound(N_("This record has been deleted.")) from None
