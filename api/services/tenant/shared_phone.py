"""An adult registers on the phone of a tenant of the same stay, and takes the key to a phone of their own."""

from contextlib import suppress

import segno
from sqlalchemy.orm import Session

from api.services.schemas import UnlockForm
from api.services.tenant.family import CompanionLink
from api.services.tenant.holder_proofs import proof_of
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError, OfferExpired
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.shared_phone import LIFETIME, timed_offer, timed_token
from gateway.journey.stays import family as steps
from gateway.journey.tenants.onboarding import get_offer, stage_of, usable_offer
from gateway.store import Offer
from gateway.texts.marks import N_

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
        offer.hand_over_until = now
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
    return token_of(timed_offer(token, "register", secret, gateway.now()).offer_id, secret)


def hand_over_link(gateway: Gateway, offer_token: str) -> CompanionLink:
    """Return a link by which the adult who registered gets the key on the phone that opens it, once, within the hour.

    Raises OfferUsed when a phone has the key, and OfferUnknown, OfferGone or OfferExpired.
    """
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = usable_offer(session, offer_token, gateway.keyring, now)
        return _link_to_key(gateway, offer, now + LIFETIME["take_key"])


def show_link_again(gateway: Gateway, key_id: str, offer_id: str, form: UnlockForm) -> CompanionLink:
    """Return a new link by which an adult who registered on the holder's phone gets the key; earlier links end.

    Signed over `lodgekey-hand-over` and the offer's id. Raises ProofRefused, TooManyAttempts, Conflict, or NotFound
    unless that adult registered on this phone and no phone has taken their key.
    """
    now = gateway.now()
    until = now + LIFETIME["take_key"]
    with gateway.database.writing() as session:
        offer = steps.hand_over_again(session, key_id, proof_of(form), offer_id, until, now)
        gateway.attempts.hit("companion", offer.stay_id)
        return _link_to_key(gateway, offer, until)


def _link_to_key(gateway: Gateway, offer: Offer, expires_at: int) -> CompanionLink:
    """The link, which the end of the offer ends too."""
    token = timed_token(offer.id, "take_key", expires_at, gateway.keyring.offer_secret)
    url = f"{gateway.settings.address}/take/{token}"
    return CompanionLink(url=url, qr=segno.make(url, error="m").svg_data_uri(border=2, scale=4))


def follow_hand_over(gateway: Gateway, token: str, own: str) -> str:
    """Return the token of the offer that a hand-over link leads to; `own` is the one this phone has already.

    Raises OfferUsed when another phone has the key, and OfferUnknown, OfferGone or OfferExpired.
    """
    now, secret = gateway.now(), gateway.keyring.offer_secret
    named = timed_offer(token, "take_key", secret, now)
    offer_token = token_of(named.offer_id, secret)
    with gateway.database.reading() as session:
        if own == offer_token:
            get_offer(session, offer_token, gateway.keyring, now)
            return offer_token
        offer = usable_offer(session, offer_token, gateway.keyring, now)
        if named.expires_at < (offer.hand_over_until or 0):
            raise OfferExpired(N_("A newer link was shown for this key. Open that one."))
    return offer_token
