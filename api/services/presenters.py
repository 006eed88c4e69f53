"""Build schemas from rows, each with what its reader may see. `now` is in UTC seconds."""

from typing import Any, cast

from sqlalchemy.orm import Session

from api.services.schemas import (
    CodeStandingShown,
    DateRequestShown,
    ErasureAsked,
    FilingShown,
    KeyShown,
    LockShown,
    OfferShown,
    OnceCodeShown,
    PasscodeShown,
    UnitShown,
)
from gateway.domain.filings.ways_out import actions_for
from gateway.domain.retention.times import answer_by
from gateway.domain.stays.offer import kiosk_code
from gateway.domain.stays.stay import wall_clock
from gateway.domain.verification.liveness import Level
from gateway.journey.filings.deadlines import standing_of
from gateway.journey.filings.destinations import registries_of
from gateway.journey.keys.lock_status import (
    CodeStanding,
    OnceStanding,
    Standing,
    key_standing,
    once_standings,
)
from gateway.journey.keys.pin_slots import CodeShown
from gateway.journey.stays.bookings import reports_bookings
from gateway.store import Device, Key, Offer, Registration, Stay, Unit
from gateway.store.date_requests import DateRequest
from gateway.texts.outcomes import answer_text


def lock_shown(device: Device) -> LockShown:
    """Present a device."""
    return LockShown(
        id=device.id,
        site=device.site,
        kind=device.kind,
        label=device.label,
        unit=device.unit.label if device.unit else None,
        online=device.online,
        bolt=device.bolt if device.online else "unknown",
        door=device.door,
        door_since=device.door_since,
        battery=device.battery,
        clock=device.clock,
        clock_drift=device.clock_drift,
        clock_drift_at=device.clock_drift_at,
        alarm=device.alarm,
        log_alarm=device.log_alarm,
        log_alarm_at=device.log_alarm_at,
        last_seen_at=device.last_seen_at,
        certificate_expires_at=device.certificate_expires_at,
        revoked=device.revoked_at is not None,
    )


def unit_shown(unit: Unit) -> UnitShown:
    """Present a unit with its locks to its landlord."""
    return UnitShown(
        id=unit.id,
        code=unit.code,
        label=unit.label,
        address=unit.address,
        timezone=unit.timezone,
        jurisdiction=unit.jurisdiction,
        registries=registries_of(unit),
        reports_bookings=reports_bookings(unit),
        liveness_level=cast("Level", unit.liveness_level),
        locks=[lock_shown(device) for device in unit.devices if device.kind == "lock"],
    )


def offer_shown(offer: Offer, url: str) -> OfferShown:
    """Present an offer with its link `url` to its landlord."""
    expires = wall_clock(offer.expires_at, offer.stay.unit.timezone)
    code = kiosk_code(url.rpartition("/")[2])
    return OfferShown(
        offer_id=offer.id, stay_id=offer.stay_id, url=url, kiosk_code=code, state=offer.state, expires_at=expires
    )


def delay_fields(standing: Standing, zone: str, now: int) -> dict[str, Any]:
    """Return the fields of DelayShown; times are in `zone` (IANA)."""
    before = standing.not_revocable_before
    return {
        "delay_reason": standing.delay_reason,
        "delayed_since": standing.since,
        "cannot_be_revoked_before": None if before is None else wall_clock(before, zone),
        "exposure_minutes": standing.exposure_minutes(now),
        "has_no_end": standing.endless,
    }


def key_fields(session: Session, key: Key, now: int) -> dict[str, Any]:
    """Return the fields of KeyShown, which everybody who may see the key sees."""
    return fields_of_standing(key, key_standing(session, key, now), now)


def fields_of_standing(key: Key, standing: Standing, now: int) -> dict[str, Any]:
    """Return the fields of KeyShown for a key whose status is known."""
    zone = key.stay.unit.timezone
    return delay_fields(standing, zone, now) | {
        "id": key.id,
        "lock": key.device_id,
        "state": standing.state,
        "from_": wall_clock(key.not_before, zone),
        "until": wall_clock(key.expires_at, zone),
        "on_lock_at": key.on_lock_at,
        "revoking_at": key.revoking_at,
        "revoked_at": key.revoked_at,
        "cannot_outlive": wall_clock(standing.ends, zone),
    }


def code_shown(code: CodeStanding, zone: str, now: int) -> CodeStandingShown:
    """Present the state of a passcode to its landlord; times are in `zone` (IANA)."""
    dates = {"from_": wall_clock(code.begins, zone), "until": wall_clock(code.standing.ends, zone)}
    return CodeStandingShown(
        lock=code.lock, state=code.standing.state, **dates, **delay_fields(code.standing, zone, now)
    )


def once_shown(once: OnceStanding, zone: str, now: int) -> OnceCodeShown:
    """Present the state of a one-time code to the landlord and the tenant; times are in `zone` (IANA)."""
    code, standing = once.code, once.standing
    return OnceCodeShown(
        id=code.id,
        lock=code.device_id,
        state=standing.state,
        issued_at=code.issued_at,
        used_at=code.used_at,
        **delay_fields(standing, zone, now),
    )


def once_codes_of(session: Session, stay: Stay, now: int) -> list[OnceCodeShown]:
    """Present every one-time code of a stay, latest first."""
    return [once_shown(once, stay.unit.timezone, now) for once in once_standings(session, [stay.id], now)[stay.id]]


def passcode_shown(code: CodeShown, timezone: str) -> PasscodeShown:
    """Present a passcode with its digits; its window is in `timezone` (IANA)."""
    begins, ends = wall_clock(code.begins, timezone), wall_clock(code.ends, timezone)
    return PasscodeShown(digits=code.digits, lock=code.lock, from_=begins, until=ends, on_lock=code.on_lock)


def key_shown(session: Session, key: Key, now: int) -> KeyShown:
    """Present a key to its landlord."""
    return KeyShown(**key_fields(session, key, now))


def filing_shown(row: Registration, now: int) -> FilingShown:
    """Present how one registration record stands at its registry, without personal data."""
    return FilingShown(
        id=row.id,
        registry=row.registry_name,
        kind=row.kind,
        state=row.state,
        deadline=wall_clock(row.deadline_at, row.stay.unit.timezone) if row.deadline_at else None,
        receipt=row.receipt,
        code=row.answer_code,
        args=dict(row.answer_args or {}),
        text=row.answer_text,
        sentence=answer_text("en", row.answer_code, row.answer_text, row.answer_args),
        standing=standing_of(row, now),
        receipt_sha256=row.receipt_sha256,
        tables=dict(row.tables or {}),
        actions=list(actions_for(row.state, replaced=row.refiled_id is not None)),
    )


def erasure_asked(stay: Stay) -> ErasureAsked | None:
    """Present the first request for erasure of a stay's tenants; None without one."""
    zone = stay.unit.timezone
    asked = min((person.erasure_asked_at for person in stay.people if person.erasure_asked_at), default=None)
    return ErasureAsked(at=wall_clock(asked, zone), answer_by=wall_clock(answer_by(asked), zone)) if asked else None


def date_request_shown(date_request: DateRequest) -> DateRequestShown:
    """Present a date request to tenant and landlord."""
    until = wall_clock(date_request.until_at, date_request.stay.unit.timezone)
    return DateRequestShown(until=until, requested_at=date_request.requested_at, agreed=date_request.agreed)
