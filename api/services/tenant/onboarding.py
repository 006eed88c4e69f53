"""A tenant's onboarding by the token of an offer: what is asked, the consents, and the keys for the phone.

Every function here raises OfferUnknown, OfferGone or OfferExpired for a token whose offer cannot be used.
"""

from datetime import date

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy.orm import Session

from api.services.presenters import passcode_shown
from api.services.schemas import CodeShown, ConsentForm, OnboardingShown, Registered, Strict
from gateway.bootstrap import Gateway
from gateway.domain.errors import NotFound
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.domain.verification.consent import PURPOSES
from gateway.journey.filings.destinations import asked_at, registries_of
from gateway.journey.filings.parties import expect_others, is_filed_in_parties, tells_groups
from gateway.journey.keys.passcodes import shown_codes
from gateway.journey.retention.stays import forget_face
from gateway.journey.stays.shared_facts import inviters_facts, may_share
from gateway.journey.tenants import onboarding as steps
from gateway.registering.tenant import local_date
from gateway.registries.code_choices import has_table, search_codes, short_tables
from gateway.store import Offer, Unit
from gateway.texts.marks import N_


class OthersForm(Strict):
    """Whether the tenant registers others after themselves, whose records are sent together with theirs.

    `group`: they are a group and no family, where the registry tells them apart.
    """

    follow: bool
    group: bool = False


def present_onboarding(gateway: Gateway, session: Session, offer: Offer) -> OnboardingShown:
    """Present an offer to its tenant: the home, what the law and the registry ask, and the stage reached."""
    stay, now = offer.stay, gateway.now()
    unit, profile = stay.unit, profile_for(stay.unit.jurisdiction)
    asked = asked_at(unit)
    shares = may_share(asked.of_tenant, inviters_facts(session, offer, gateway.keyring))
    latest, keys = steps.latest_verification(session, offer), steps.keys_of(session, offer)
    # Once a phone was given the key, a link shows no code any more: it could have been forwarded, or the key revoked.
    keyless = offer.person_id is not None and not steps.ever_had_keys(session, offer)
    waiting = keyless and stay.state in ("offered", "active")
    codes = shown_codes(session, stay, gateway.keyring, now) if waiting else []
    return OnboardingShown(
        unit=unit.label,
        address=unit.address,
        landlord=unit.landlord.name,
        landlord_phone=unit.landlord.phone,
        from_=wall_clock(stay.from_at, unit.timezone),
        until=wall_clock(stay.until_at, unit.timezone),
        timezone=unit.timezone,
        jurisdiction=unit.jurisdiction,
        asks=list(profile.fields),
        documents=[*profile.document_kinds, *(["none"] if profile.no_document_under else [])],
        asks_besides=list(asked.of_tenant),
        asks_one_of=list(asked.one_of),
        asks_codes=present_tables(unit, local_date(unit, now)),
        asks_only_if={
            path: {key: [*values] for key, values in fields.items()} for path, fields in asked.only_if.items()
        },
        asks_minors=list(asked.minor),
        asks_same_residence="same_residence" in shares,
        asks_same_contact="same_contact" in shares,
        asks_others=is_filed_in_parties(stay),
        asks_group=tells_groups(stay),
        face=profile.face,
        liveness_level=unit.liveness_level,
        seen_by=["landlord", *(f"registry:{name}" for name in registries_of(unit)), "officer"],
        consents={purpose: steps.consent_to(session, offer, purpose) is not None for purpose in PURPOSES},
        stage=steps.stage_of(session, offer, now),
        reasons=list(latest.reasons) if latest else [],
        decision_reason=latest.decision_reason if latest else None,
        keys=[key.id for key in keys],
        passcodes=[passcode_shown(code, unit.timezone) for code in codes],
    )


def present_tables(unit: Unit, today: date) -> dict[str, list[CodeShown]]:
    """Present the authorities' tables for facts; one that is too long for a list is left empty."""
    tables = short_tables(registries_of(unit), today)
    return {path: [CodeShown(code=entry.code, name=entry.name) for entry in found] for path, found in tables.items()}


def find_codes(gateway: Gateway, token: str, path: str, text: str) -> list[CodeShown]:
    """Find entries of an authority's table by the beginnings of their words; at most 20. Writes nothing.

    Raises TooManyAttempts, and NotFound where the registry takes no code of a table there.
    """
    gateway.attempts.hit("codes", token[:22])
    now = gateway.now()
    with gateway.database.reading() as session:
        unit = steps.get_offer(session, token, gateway.keyring, now).stay.unit
        registries, today = registries_of(unit), local_date(unit, now)
    if not has_table(registries, path):
        raise NotFound(N_("This registration authority has no list for this field."))
    return [CodeShown(code=entry.code, name=entry.name) for entry in search_codes(registries, path, text, today)]


def present_registered(gateway: Gateway, session: Session, offer: Offer) -> Registered:
    """Present the stage that a tenant reached, with the reasons of the latest verification and the keys."""
    latest = steps.latest_verification(session, offer)
    return Registered(
        stage=steps.stage_of(session, offer, gateway.now()),
        reasons=list(latest.reasons) if latest else [],
        keys=[key.id for key in steps.keys_of(session, offer)],
    )


def read_onboarding(gateway: Gateway, token: str) -> OnboardingShown:
    """Return what the tenant is asked, by whom and for whom, and the stage they have reached. Writes nothing."""
    with gateway.database.reading() as session:
        return present_onboarding(gateway, session, steps.get_offer(session, token, gateway.keyring, gateway.now()))


def open_onboarding(gateway: Gateway, token: str) -> OnboardingShown:
    """Record that the tenant opened the link, the first time only, and return the onboarding."""
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = steps.get_offer(session, token, gateway.keyring, now)
        if offer.state != "open":
            return present_onboarding(gateway, session, offer)
    with gateway.database.writing() as session:
        return present_onboarding(gateway, session, steps.open_offer(session, token, gateway.keyring, now))


def give_consents(gateway: Gateway, token: str, form: ConsentForm) -> OnboardingShown:
    """Record which consents the tenant gives or withdraws, and return the onboarding.

    Stored images of the face are deleted unless the tenant consents to the comparison. The keys are not affected.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        offer = steps.open_offer(session, token, gateway.keyring, now)
        agreed = {"registration": form.registration, "face": form.face}
        agreed |= {} if form.guardian is None else {"guardian": form.guardian}
        steps.record_consent(session, offer, agreed, form.text_version, form.language, now)
        for case_id in [] if form.face else forget_face(session, offer):
            gateway.pictures.drop_face(case_id)
        return present_onboarding(gateway, session, offer)


def record_others(gateway: Gateway, token: str, form: OthersForm) -> OnboardingShown:
    """Record whether others register after this tenant, where the registry files them together; return the onboarding.

    Given before the verification: what follows from it then waits for them. Raises OfferUsed.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        offer = steps.usable_offer(session, token, gateway.keyring, now)
        expect_others(offer.stay, form.follow, group=form.group)
        return present_onboarding(gateway, session, offer)


def bind_holder(gateway: Gateway, token: str, holder: EllipticCurvePublicKey) -> Registered:
    """Issue the keys of a registered tenant to the phone with this public key, once. Raises OfferUsed or Conflict."""
    with gateway.database.writing() as session:
        offer = steps.usable_offer(session, token, gateway.keyring, gateway.now())
        steps.hand_over(session, offer, holder, gateway.keyring, gateway.now())
        session.flush()
        return present_registered(gateway, session, offer)
