"""Who read a tenant's record, as the disclosure log has it."""

from pydantic import BaseModel

from gateway.bootstrap import Gateway
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.journey.tenants import onboarding as steps
from gateway.journey.tenants.record_readers import Reading, readings_of, record_withheld, withheld_recorded


class ReadingShown(BaseModel):
    """One reader of the tenant's record. `fields` names what they read; the times are on the unit's wall clock."""

    who: str
    purpose: str
    fields: str
    first_at: str
    last_at: str
    times: int


class ReadersShown(BaseModel):
    """The readers of a record. `disclosed` is false if the law forbids disclosing them; the log then records that."""

    disclosed: bool
    readers: list[ReadingShown]


def read_readers(gateway: Gateway, token: str) -> ReadersShown:
    """Return who read the record of the offer's tenant, unless the unit's jurisdiction forbids it.

    A refusal is logged, once for each offer. Raises OfferUnknown and other errors of an offer's token.
    """
    with gateway.database.reading() as session:
        offer = steps.get_offer(session, token, gateway.keyring, gateway.now())
        unit = offer.stay.unit
        disclosed = profile_for(unit.jurisdiction).show_readers_to_tenant
        readings = readings_of(session, offer) if disclosed else []
        shown = [_present(reading, unit.timezone) for reading in readings]
        to_record = not disclosed and not withheld_recorded(session, offer)
    if to_record:
        with gateway.database.writing() as session:
            record_withheld(session, offer, unit.jurisdiction, gateway.now())
    return ReadersShown(disclosed=disclosed, readers=shown)


def _present(reading: Reading, timezone: str) -> ReadingShown:
    return ReadingShown(
        who=reading.who,
        purpose=reading.purpose,
        fields=reading.fields,
        first_at=wall_clock(reading.first_at, timezone),
        last_at=wall_clock(reading.last_at, timezone),
        times=reading.times,
    )
