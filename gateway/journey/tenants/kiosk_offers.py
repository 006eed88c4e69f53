"""How a kiosk identifies an offer: by the link's token, or by the short code, valid at the unit's own site only."""

from collections.abc import Sequence
from dataclasses import replace
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.wire.kiosk.offer_code import read_code
from devices.wire.kiosk.offer_question import OfferSummary
from gateway.domain.errors import OfferUnknown
from gateway.domain.filings.required_facts import asked_by_all
from gateway.domain.stays.offer import kiosk_code, token_of
from gateway.journey.filings.destinations import registries_of
from gateway.journey.filings.parties import is_filed_in_parties, tells_groups
from gateway.journey.keys.keyring import Keyring
from gateway.journey.tenants.onboarding import refuse_repeat, usable_offer
from gateway.registries import REGISTRIES
from gateway.store import Device, Offer, Stay
from gateway.texts.marks import N_

MAX_CODE_LENGTH = 20  # a token has 43 characters
CODE_OF = "code_of"  # on a queued screen: the stay whose keypad code it shows; derived when sent, never stored


def token_shown_at(session: Session, site: str, shown: str, keyring: Keyring, now: int) -> str:
    """The token of the offer shown at a kiosk of `site`. Raises OfferUnknown, which does not tell what exists."""
    if len(shown) > MAX_CODE_LENGTH:
        return shown
    code = read_code(shown)
    tokens = _open_tokens(session, site, keyring, now) if code else []
    for token in tokens:
        if code and compare_digest(kiosk_code(token), code):
            return token
    raise OfferUnknown(N_("No invitation with this code was found. Check the code, or scan the QR code of your link."))


def offer_summary(session: Session, token: str, keyring: Keyring, now: int) -> OfferSummary:
    """What a kiosk may show of the offer before registration. Raises what a registration would raise."""
    offer = usable_offer(session, token, keyring, now)
    refuse_repeat(session, offer)
    unit = offer.stay.unit
    asked = summary_for(registries_of(unit), unit.label[:120], unit.landlord.name[:120])
    return replace(asked, others=is_filed_in_parties(offer.stay), groups=tells_groups(offer.stay))


def summary_for(registries: Sequence[str], unit: str = "", landlord: str = "") -> OfferSummary:
    """What these registries ask of each tenant together, as a kiosk is told."""
    facts = asked_by_all(REGISTRIES[name].facts for name in registries)
    return OfferSummary(
        unit,
        landlord,
        asks=list(facts.of_tenant),
        one_of=list(facts.one_of),
        minors=list(facts.minor),
        only_if={path: {name: [*values] for name, values in given.items()} for path, given in facts.only_if.items()},
        tables={path: name for name in reversed(registries) for path in REGISTRIES[name].code_tables},
    )


def _open_tokens(session: Session, site: str, keyring: Keyring, now: int) -> list[str]:
    """Tokens of this site's offers that can still lead to a key."""
    units = select(Device.unit_id).where(Device.site == site, Device.kind == "lock", Device.unit_id.is_not(None))
    query = select(Offer.id).join(Stay, Offer.stay_id == Stay.id).where(Stay.unit_id.in_(units))
    waiting = query.where(Offer.state.in_(("open", "opened")), Offer.expires_at > now)
    return [token_of(offer_id, keyring.offer_secret) for offer_id in session.scalars(waiting)]
