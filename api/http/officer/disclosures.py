"""The disclosure log as outsiders see it: its signed head, proofs between heads, and a tenant's own readers."""

from base64 import urlsafe_b64encode
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.framework.dependencies import Gate, OfferToken, caller
from certs.keys import jwk_of
from gateway.disclosure import DisclosureLog
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.journey.tenants import onboarding as steps
from gateway.journey.tenants.record_readers import Reading, readings_of, record_withheld, withheld_recorded

router = APIRouter(tags=["disclosures"])


class HeadShown(BaseModel):
    """A tree head (RFC 9162): `head` is COSE_Sign1 in base64url, `key` the public key that signed it, as a JWK."""

    size: int
    root: str
    at: int
    head: str
    key: dict[str, str]


class ConsistencyShown(BaseModel):
    """RFC 9162 §2.1.4: `proof` (hex hashes) shows that the log of `size` entries begins with its first `from_size`."""

    from_size: int
    head: HeadShown
    proof: list[str]


class ReadingShown(BaseModel):
    """One reader of the tenant's record."""

    who: str
    purpose: str
    fields: str
    first_at: str
    last_at: str
    times: int


class ReadersShown(BaseModel):
    """Who read the record; `disclosed` is false where the law forbids telling, which the log then says too."""

    disclosed: bool
    readers: list[ReadingShown]


@router.get("/log/head")
def read_head(gateway: Gate, request: Request) -> HeadShown:
    """The newest signed head. Keep it: with it you can prove later that nothing before it was altered."""
    gateway.attempts.hit("log", caller(request))
    return head_shown(gateway.disclosures)


@router.get("/log/consistency")
def read_consistency(
    gateway: Gate, request: Request, from_size: Annotated[int, Query(alias="from", ge=1)]
) -> ConsistencyShown:
    """The newest head, and the proof that it extends a head of `from` entries."""
    gateway.attempts.hit("log", caller(request))
    head = head_shown(gateway.disclosures)
    proof = gateway.disclosures.consistency(from_size, head.size)
    return ConsistencyShown(from_size=from_size, head=head, proof=[node.hex() for node in proof])


@router.get("/onboarding/readers")
def read_readers(gateway: Gate, token: OfferToken) -> ReadersShown:
    """Who read the tenant's record, and why, unless the law here forbids telling."""
    with gateway.database.reading() as session:
        offer = steps.offer_named(session, token, gateway.keyring, gateway.now())
        unit = offer.stay.unit
        disclosed = profile_for(unit.jurisdiction).tell_tenant_of_readers
        readings = readings_of(session, offer) if disclosed else []
        shown = [_shown(reading, unit.timezone) for reading in readings]
        to_record = not disclosed and not withheld_recorded(session, offer)
    if to_record:
        with gateway.database.writing() as session:
            record_withheld(session, offer, unit.jurisdiction, gateway.now())
    return ReadersShown(disclosed=disclosed, readers=shown)


def head_shown(log: DisclosureLog) -> HeadShown:
    """The log's newest head as JSON values."""
    head, signed = log.head()
    return HeadShown(
        size=head.size,
        root=head.root.hex(),
        at=head.at,
        head=urlsafe_b64encode(signed).rstrip(b"=").decode(),
        key=jwk_of(log.public_key),
    )


def _shown(reading: Reading, timezone: str) -> ReadingShown:
    return ReadingShown(
        who=reading.who,
        purpose=reading.purpose,
        fields=reading.fields,
        first_at=wall_clock(reading.first_at, timezone),
        last_at=wall_clock(reading.last_at, timezone),
        times=reading.times,
    )
