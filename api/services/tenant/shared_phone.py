"""An adult registers on the phone of a tenant of the same stay, and takes the key to a phone of their own."""

from contextlib import suppress

import segno
from sqlalchemy.orm import Session

from api.services.schemas import UnlockForm
from api.services.tenant.family import CompanionLink
from api.services.tenant.holder_proofs import proof_of
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.shared_phone import LIFETIME, timed_offer, timed_token
from gateway.journey.stays import family as steps
from gateway.journey.tenants.onboarding import get_offer, stage_of, usable_offer
from gateway.store import Offer

REGISTERING = ("opened", "consented")


def begin_registration(gateway: Gateway, key_id: str, form: UnlockForm, current: str) -> str:
    """Return a token with which another adult registers on this phone; signed over `lodgekey-companion`.

    `current`: the token this phone has, kept if nobody registered with it yet, so that a press of the button more makes
    no other link. Raises ProofRefused, TooManyAttempts or Conflict.
    """
    now, secret = gateway.now(), gateway.keyring.offer_secret
    with gateway.database.writing() as session:
        key = steps.companions_key(session, key_id, proof_of(form), now)
        gateway.attempts.hit("companion", key.stay_id)
        offer = _unused(gateway, session, key.stay_id, current) or steps.add_companion(session, key, now)
        return timed_token(offer.id, "register", now + LIFETIME["register"], secret)


def _unused(gateway: Gateway, session: Session, stay_id: str, token: str) -> Offer | None:
    """The offer of this stay that the token lets this phone register for, if nobody registered with it yet."""
    now = gateway.now()
    with suppress(LodgekeyError):
        offer = usable_offer(session, registering_token(gateway, token), gateway.keyring, now)
        if offer.stay_id == stay_id and stage_of(session, offer, now) in REGISTERING:
            return offer
    return None


def registering_token(gateway: Gateway, token: str) -> str:
    """Return the own token of the offer that `token` lets this phone register for; it never leaves the gateway.

    Raises OfferUnknown or OfferExpired.
    """
    secret = gateway.keyring.offer_secret
    return token_of(timed_offer(token, "register", secret, gateway.now()), secret)


def hand_over_link(gateway: Gateway, offer_token: str) -> CompanionLink:
    """Return a link by which the adult who registered gets the key on the phone that opens it, once, within the hour.

    Raises OfferUsed when a phone has the key, and OfferUnknown, OfferGone or OfferExpired.
    """
    now, secret = gateway.now(), gateway.keyring.offer_secret
    with gateway.database.reading() as session:
        offer = usable_offer(session, offer_token, gateway.keyring, now)
        expires_at = min(now + LIFETIME["take_key"], offer.expires_at)
        url = f"{gateway.settings.address}/take/{timed_token(offer.id, 'take_key', expires_at, secret)}"
    return CompanionLink(url=url, qr=segno.make(url, error="m").svg_data_uri(border=2, scale=4))


def follow_hand_over(gateway: Gateway, token: str, own: str) -> str:
    """Return the token of the offer that a hand-over link leads to; `own` is the one this phone has already.

    Raises OfferUsed when another phone has the key, and OfferUnknown, OfferGone or OfferExpired.
    """
    now, secret = gateway.now(), gateway.keyring.offer_secret
    offer_token = token_of(timed_offer(token, "take_key", secret, now), secret)
    with gateway.database.reading() as session:
        allowed = get_offer if own == offer_token else usable_offer
        allowed(session, offer_token, gateway.keyring, now)
    return offer_token
