"""What a person enters who registers somebody by hand: the data of a record that is not sent to its registry."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.services.officer.filings import ERASED, get_filing
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import NotFound
from gateway.domain.filings.ways_out import actions_for
from gateway.domain.stays.stay import wall_clock
from gateway.domain.verification.field_sources import FACT
from gateway.journey.filings.destinations import destination_of, unit_facts
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.filings.sealed_records import parts_of
from gateway.registries import REGISTRIES
from gateway.store import Account, Person
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

DOCUMENT_FIELDS = (
    "name", "surname", "given_names", "birth_date", "sex", "nationality", "document_kind", "id_number", "issuing_state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ByHandShown:
    """The data of one record to be registered by hand, unmasked. `start` and `end`: the stay in the unit's time zone.

    `people`: what was given of each, in the record's order, by the names of a document's fields and the paths of what
    the registry asks besides.
    """

    registration: str
    registry: str
    kind: str
    registered_as: str
    start: str
    end: str
    people: tuple[Mapping[str, str], ...]


def show_by_hand(gateway: Gateway, account: Account, registration_id: str) -> ByHandShown:
    """Return what is entered for a record that waits to be registered by hand. The reading is logged first.

    Raises NotFound (no such record, one that is not registered by hand, or everybody was erased), Conflict if the
    unit no longer reports there, or DisclosureBlocked if the log cannot be written.
    """
    with gateway.database.reading() as session:
        row = get_filing(session, account, registration_id)
        if "register_by_hand" not in actions_for(row.state, replaced=row.refiled_id is not None):
            raise NotFound(N_("This record is not waiting to be registered by hand."))
        stay, unit = row.stay, unit_facts(destination_of(row))
        start, end = (wall_clock(at, unit.timezone) for at in (stay.from_at, stay.until_at))
        registry, kind = row.registry_name, row.kind
        parts = parts_of(session, [row.id]).get(row.id, [])
        people = [session.get_one(Person, each) for each in dict.fromkeys(part.person_id for part in parts)]
    reader, subject = f"{account.role}:{account.id}", f"registration:{registration_id}"
    now = gateway.now()
    disclose(gateway.database, consumer=reader, purpose="filing_by_hand", subject=subject, fields="record", now=now)
    shown = tuple(given for person in people if (given := _given(person, registry, gateway)))
    if not shown:
        raise NotFound(ERASED)
    return ByHandShown(registration_id, registry, kind, unit.registered_as, start, end, shown)


def _given(person: Person, registry: str, gateway: Gateway) -> Mapping[str, str]:
    """What a person gave; nothing of one who was erased."""
    try:
        known = person_fields(person, gateway.keyring)
    except Erased:
        return {}
    asked = {path: known.get(f"{FACT}{path}", "") for path in REGISTRIES[registry].facts.of_tenant}
    given = {name: known.get(name, "") for name in DOCUMENT_FIELDS} | asked
    return {name: text for name, text in given.items() if text}
