"""What a person enters who registers somebody by hand: the data of a record that is not sent to its registry."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.services.officer.filings import ERASED, get_filing
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import NotFound
from gateway.domain.stays.stay import wall_clock
from gateway.domain.verification.field_sources import FACT
from gateway.journey.filings.destinations import destination_of, unit_facts
from gateway.journey.filings.held_records import BY_HAND
from gateway.journey.filings.person_fields import person_fields
from gateway.registries import REGISTRIES
from gateway.store import Account, Person
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

DOCUMENT_FIELDS = (
    "name", "surname", "given_names", "birth_date", "sex", "nationality", "document_kind", "id_number", "issuing_state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ByHandShown:
    """The data of one record to be registered by hand, unmasked.

    `registered_as`: the unit's number at the registry. `start`, `end`: the stay in the unit's time zone.
    `fields`: what was given, by the names of a document's fields and the paths of what the registry asks besides.
    """

    registration: str
    registry: str
    kind: str
    registered_as: str
    start: str
    end: str
    fields: Mapping[str, str]


def show_by_hand(gateway: Gateway, account: Account, registration_id: str) -> ByHandShown:
    """Return what is entered for a record that waits to be registered by hand. The reading is logged first.

    Raises NotFound (no such record, one that is not registered by hand, or the person was erased), Conflict if the
    unit no longer reports there, or DisclosureBlocked if the log cannot be written.
    """
    with gateway.database.reading() as session:
        row = get_filing(session, account, registration_id)
        if row.state != BY_HAND:
            raise NotFound(N_("This record is not waiting to be registered by hand."))
        stay, unit = row.stay, unit_facts(destination_of(row))
        start, end = (wall_clock(at, unit.timezone) for at in (stay.from_at, stay.until_at))
        person, registry, kind = session.get_one(Person, row.person_id), row.registry_name, row.kind
    reader, subject = f"{account.role}:{account.id}", f"registration:{registration_id}"
    now = gateway.now()
    disclose(gateway.database, consumer=reader, purpose="filing_by_hand", subject=subject, fields="record", now=now)
    try:
        known = person_fields(person, gateway.keyring)
    except Erased:
        raise NotFound(ERASED) from None
    asked = {path: known.get(f"{FACT}{path}", "") for path in REGISTRIES[registry].facts.of_tenant}
    given = {name: known.get(name, "") for name in DOCUMENT_FIELDS} | asked
    fields = {name: text for name, text in given.items() if text}
    return ByHandShown(registration_id, registry, kind, unit.registered_as, start, end, fields)
