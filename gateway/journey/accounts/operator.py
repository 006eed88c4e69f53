"""The operator's steps that create accounts (landlords, officers, testers) and units."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, InputRefused, NotFound
from gateway.domain.filings.fill import UnknownFact, fill
from gateway.domain.filings.record import Address, LandlordFacts, UnitFacts
from gateway.domain.jurisdiction import load_profiles, profile_for
from gateway.journey.accounts.lost_password import replace_lost_password
from gateway.journey.accounts.sign_in import create_account, forget_sign_in, remove_factors
from gateway.journey.filings.destinations import OF_LANDLORD, facts_by_owner
from gateway.outbox.events import record
from gateway.registries import REGISTRIES
from gateway.store import Account, Destination, Landlord, Unit
from gateway.texts.marks import N_

LOGIN: Final = re.compile(r"[A-Za-z0-9._@-]{3,80}")
CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,36}")
AREA: Final = re.compile(r"[0-9A-Za-z-]{1,36}")
Hashed = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Lessor:
    """A landlord to create. Name and telephone are shown to tenants; `facts` (path: text) go to registries."""

    name: str
    phone: str
    email: str | None
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A unit to create, with the fields of gateway.store.Unit.

    `registries` are the names of those it reports to, in order, each with what it requires of the unit (path: text).
    """

    code: str
    label: str
    address: str
    area: str
    timezone: str
    jurisdiction: str
    registries: Mapping[str, Mapping[str, str]]


def add_landlord(session: Session, login: str, lessor: Lessor, hashed: Hashed, now: int) -> tuple[Account, str]:
    """Create a landlord and its owner's account; returns the account and its first password."""
    name, phone = lessor.name.strip(), lessor.phone.strip()
    if not name or not phone:
        raise InputRefused(N_("A landlord needs a name and a phone number: tenants are shown both."))
    _filled(LandlordFacts(id="", name=name, phone=phone, email=lessor.email or ""), lessor.facts)
    landlord = Landlord(name=name, phone=phone, email=lessor.email, registry_facts=dict(lessor.facts))
    session.add(landlord)
    session.flush()
    account = Account(role="landlord", login=login, name=landlord.name, landlord_id=landlord.id, staff="owner")
    return account, _add_account(session, account, hashed, now)


def add_officer(session: Session, login: str, name: str, area: str, hashed: Hashed, now: int) -> tuple[Account, str]:
    """Create an officer for the units whose area begins with `area`; returns the account and its first password."""
    if not AREA.fullmatch(area):
        raise InputRefused(N_("An officer is responsible for one area. Give the area as it is written in the units."))
    account = Account(role="officer", login=login, name=name.strip() or login, area=area)
    return account, _add_account(session, account, hashed, now)


def add_tester(session: Session, login: str, name: str, hashed: Hashed, now: int) -> tuple[Account, str]:
    """Create an account for the console of simulated locks and registries; returns it and its first password."""
    account = Account(role="tester", login=login, name=name.strip() or login)
    return account, _add_account(session, account, hashed, now)


def _add_account(session: Session, account: Account, hashed: Hashed, now: int) -> str:
    if not LOGIN.fullmatch(account.login):
        raise InputRefused(N_("A username has 3 to 80 characters: letters, digits and . _ @ -"))
    password = create_account(session, account, hashed, now)
    record(session, "AccountAdded", now, data={"account": account.id, "role": account.role})
    return password


def account_by_login(session: Session, login: str) -> Account:
    """The active account with this login. Raises NotFound."""
    account = session.scalars(select(Account).where(Account.login == login, Account.ended_at.is_(None))).one_or_none()
    if account is None:
        raise NotFound(N_("There is no account with this username."))
    return account


def end_account(session: Session, login: str, now: int) -> Account:
    """End an account: its sessions and passkeys are deleted. The landlord's units stay. Raises NotFound."""
    account = account_by_login(session, login)
    forget_sign_in(session, account, now)
    record(session, "AccountEnded", now, data={"account": account.id, "role": account.role})
    return account


def renew_password(session: Session, login: str, hashed: Hashed, now: int) -> str:
    """As replace_lost_password, by the operator. Raises NotFound too."""
    return replace_lost_password(session, account_by_login(session, login), "operator", hashed, now)


def remove_lost_factors(session: Session, login: str, now: int) -> None:
    """Delete the passkeys and the second factor of an account whose owner lost them. Raises NotFound."""
    remove_factors(session, account_by_login(session, login), "operator", now)


def add_unit(session: Session, owner: Account, home: Dwelling, now: int) -> Unit:
    """Create a unit of the owner's landlord. InputRefused for wrong or missing facts, Conflict for a used code."""
    if owner.landlord_id is None:
        raise InputRefused(N_("A unit belongs to a landlord, and this account is not a landlord's."))
    if not (CODE.fullmatch(home.code) and AREA.fullmatch(home.area) and home.label.strip() and home.address.strip()):
        raise InputRefused(
            N_("A unit needs a label, an address, and a code and an area of letters, digits and hyphens.")
        )
    landlord = session.get_one(Landlord, owner.landlord_id)
    check_dwelling(home, landlord)
    if session.scalars(select(Unit.id).where(Unit.code == home.code)).first() is not None:
        raise Conflict(N_("There is already a unit with this code."))
    unit = Unit(
        landlord_id=landlord.id,
        code=home.code,
        label=home.label.strip(),
        address=home.address.strip(),
        area=home.area,
        timezone=home.timezone,
        jurisdiction=home.jurisdiction,
        destinations=[
            Destination(position=position, registry_name=name, registry_facts=dict(facts))
            for position, (name, facts) in enumerate(home.registries.items())
        ],
    )
    session.add(unit)
    session.flush()
    record(session, "UnitAdded", now, data={"unit": unit.id, "landlord": landlord.id})
    return unit


def check_dwelling(home: Dwelling, landlord: Landlord) -> None:
    """Raise InputRefused for an unknown place or registry, and for facts that are missing or that no registry takes."""
    _check_place(home)
    _check_needs(home, landlord)


def _check_place(home: Dwelling) -> None:
    try:
        ZoneInfo(home.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputRefused(N_("Give the time zone as in the IANA database, for example Europe/Rome.")) from error
    try:
        profile_for(home.jurisdiction)
    except KeyError as error:
        raise InputRefused(
            N_("Rules exist for these jurisdictions: {jurisdictions}."), {"jurisdictions": ", ".join(load_profiles())}
        ) from error
    if not home.registries or not home.registries.keys() <= REGISTRIES.keys():
        raise InputRefused(N_("These registries are available: {registries}."), {"registries": ", ".join(REGISTRIES)})
    unit = UnitFacts(home.code, Address(street=home.address), home.area, home.jurisdiction, home.timezone, home.label)
    for facts in home.registries.values():
        of_unit, of_landlord = facts_by_owner(facts)
        _filled(unit, of_unit)
        _filled(LandlordFacts(id="", name=""), of_landlord)


def _check_needs(home: Dwelling, landlord: Landlord) -> None:
    """Refuse a unit without the facts its registries require: a tenant at the door cannot supply them."""
    for name, facts in home.registries.items():
        given, own = facts_by_owner(facts)
        needs, of_unit = REGISTRIES[name].facts, {"name": home.label, **given}
        of_landlord = {"phone": landlord.phone, "email": landlord.email, **landlord.registry_facts, **own}
        missing = [path for path in needs.unit if not of_unit.get(path)]
        missing += [f"{OF_LANDLORD}{path}" for path in needs.landlord if not of_landlord.get(path)]
        if missing:
            message = N_("The registry {registry} also requires: {fields}.")
            raise InputRefused(message, {"registry": name, "fields": ", ".join(missing)})


def _filled(known: UnitFacts | LandlordFacts, facts: Mapping[str, str]) -> None:
    try:
        fill(known, facts)
    except UnknownFact as error:
        raise InputRefused(N_("No registry requires {field}."), {"field": error}) from error
