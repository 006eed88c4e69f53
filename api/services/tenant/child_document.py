"""A photograph of a child's document, read to fill in the form by which a registered tenant declares the child."""

import asyncio
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from api.services.tenant.family import CHILD_FIELDS
from api.services.tenant.verification import MAX_PICTURE_BYTES
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict
from gateway.domain.filings.codes.icao_states import issuing_country, nationality
from gateway.domain.jurisdiction import Profile, profile_for
from gateway.domain.stays.stay import OCCUPYING
from gateway.domain.verification.field_sources import FACT, conclude, gather, kept_here
from gateway.domain.verification.port import DocumentReading
from gateway.domain.verification.reading_token import LIFETIME, reading_token
from gateway.identity.examination import picture_refused, read_picture
from gateway.journey.filings.destinations import asked_at
from gateway.journey.tenants import onboarding as steps
from gateway.texts.marks import N_

NOTHING_READ: Final = "no_document"


class ChildDocument(BaseModel):
    """What was read from the photograph, by the names of a child's form; nothing of the photograph is stored.

    `reading`: the same as a token, to be sent in `person` when the child is declared, within the hour. Fields that are
    then as they were read count as read, the others as typed.
    """

    fields: dict[str, str]
    reading: str


@dataclass(frozen=True, slots=True)
class _Place:
    """The stay of the tenant, with the rules and the facts of its unit."""

    stay_id: str
    profile: Profile
    facts: tuple[str, ...]


async def read_child_document(gateway: Gateway, token: str, picture: bytes) -> ChildDocument:
    """Read the photograph of a child's document for a tenant with a key. Stores nothing.

    Raises InputRefused for a picture that cannot be read, Busy, Conflict, TooManyAttempts, and what the offer's token
    raises.
    """
    gateway.attempts.hit("child_document", token[:22])
    if not picture or len(picture) > MAX_PICTURE_BYTES:
        raise picture_refused("too_large" if picture else "empty", "document")
    place = await asyncio.to_thread(_place_of, gateway, token)
    read = childs_fields(await read_picture(gateway.identity, picture), place.profile, place.facts)
    expires_at = gateway.now() + LIFETIME
    return ChildDocument(
        fields={name.removeprefix(FACT): text for name, text in read.items()},
        reading=reading_token(read, place.stay_id, expires_at, gateway.keyring.offer_secret),
    )


def childs_fields(reading: DocumentReading, profile: Profile, facts: tuple[str, ...]) -> dict[str, str]:
    """What of a reading a child's form has: a name in one field is the surname, states are codes of ISO 3166-1.

    Raises InputRefused with the reader's problem if it found neither a name nor a number.
    """
    found = conclude(kept_here(gather(reading, {}, {}), facts))
    found.setdefault("surname", found.get("name", ""))
    found["nationality"] = nationality(found.get("nationality", ""))
    found["issuing_state"] = issuing_country(found.get("issuing_state", ""))
    if found.get("document_kind") not in profile.document_kinds:
        found["document_kind"] = ""
    if not (found["surname"] or found.get("given_names") or found.get("id_number")):
        raise picture_refused(next(iter(reading.problems), NOTHING_READ), "document")
    return {name: text for name, text in found.items() if text and (name in CHILD_FIELDS or name.startswith(FACT))}


def _place_of(gateway: Gateway, token: str) -> _Place:
    """The stay in which the tenant may declare children. Raises Conflict for one without a key, or that ended."""
    with gateway.database.reading() as session:
        offer = steps.get_offer(session, token, gateway.keyring, gateway.now())
        if offer.stay.state not in OCCUPYING or not steps.keys_of(session, offer):
            raise Conflict(N_("Register first; those who came along are registered after that."))
        unit = offer.stay.unit
        return _Place(offer.stay_id, profile_for(unit.jurisdiction), asked_at(unit).of_tenant)
