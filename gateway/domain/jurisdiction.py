"""The rules of each jurisdiction for tenants, as data: one TOML file each, rejected if it has an unknown field."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from gateway.domain.documents import DOCUMENT_KINDS, FIELDS

FaceRule = Literal["allowed", "optional", "forbidden"]
FACE_RULES = ("allowed", "optional", "forbidden")
EXPIRED_RULES = ("refused", "review")
FLAGS = ("keep_portrait", "resident_number", "show_readers_to_tenant")
NUMBERS = (
    "guardian_under",
    "face_guardian_under",
    "no_document_under",
    "keep_registration_days",
    "erase_days_after_arrival",
    "keep_receipt_days",
    "keep_evidence_days",
    "face_filing_limit",
)
CATALOGS = {"fields": FIELDS, "document_kinds": DOCUMENT_KINDS}


DEADLINE_UNITS = ("hours", "days", "working_days", "day_of_next_month")


class BadProfile(ValueError):
    """A profile with an unknown, missing or invalid field; the message names the file and the field."""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """By when a record must reach the registry. One of the first four is set; 0 days is the day itself.

    `day_of_next_month`: that day of the month after. `short_stay_hours`: where the stay lasts at most 24 h.
    `foreigner_hours`: where anyone in the record is a foreigner.
    """

    hours: int = 0
    days: int | None = None
    working_days: int = 0
    day_of_next_month: int = 0
    short_stay_hours: int = 0
    foreigner_hours: int = 0


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is reported to the registry and by when; nationality is ISO 3166-1 alpha-3, of the country's own people.

    `regions`: the deadlines of regions that have their own, by the part of their ISO 3166-2 code after the country.
    """

    nationality: str = ""
    foreigners_only: bool = False
    deadline: DeadlineRule = DeadlineRule(hours=24)
    regions: Mapping[str, DeadlineRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """One jurisdiction's rules; ages in years, retention in days after the end of the stay.

    `erase_days_after_arrival`: the last day of a record of a stay that has ended, counted from arrival, where the law
    counts from it; 0 for no such day. `registration_ground` and `receipt_ground` name the law that has records and
    receipts kept; without one a tenant's request ends the time. Receipts are kept at least as long as records.
    `face`: allowed (offered), optional (offered beside an equal way without it), forbidden (never run).
    `keep_portrait`: the registry requires the portrait, stored sealed until sent. `face_filing_limit`: how many
    people's faces may be stored before a filing with the authority is due, 0 for no such rule. `no_document_under`:
    the age below which a person may be registered without a document, 0 for none. `resident_number`: a
    long number of digits is checked as GB 11643. `show_readers_to_tenant`: whether a tenant may be told who read their
    record.
    """

    code: str
    title: str
    fields: tuple[str, ...]
    document_kinds: tuple[str, ...]
    face: FaceRule
    guardian_under: int
    face_guardian_under: int
    no_document_under: int
    expired_document: str
    keep_registration_days: int
    registration_ground: str
    erase_days_after_arrival: int
    keep_receipt_days: int
    receipt_ground: str
    keep_evidence_days: int
    keep_portrait: bool
    face_filing_limit: int
    resident_number: bool
    show_readers_to_tenant: bool
    reporting: Reporting


def read_profile(text: str, name: str = "profile") -> Profile:
    """Parse one TOML profile. Raises BadProfile for an unknown, missing or invalid field."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{name}: {error}") from None
    known = {item.name for item in fields(Profile)}
    unknown, missing = sorted(set(data) - known), sorted(known - set(data))
    if unknown or missing:
        raise BadProfile(f"{name}: unknown {unknown}, missing {missing}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    reporting = _read_reporting(values.pop("reporting"), name)
    _check_values(values, name)
    return Profile(**values, reporting=reporting)


def _read_reporting(table: Any, name: str) -> Reporting:
    """Who is reported and by when, from the table [reporting]. Raises BadProfile."""
    try:
        values = {"nationality": "", "foreigners_only": False, "regions": {}, **table}
        if type(values["nationality"]) is not str or type(values["foreigners_only"]) is not bool:
            raise BadProfile(f"{name}: reporting has a nationality (text) and foreigners_only (true or false)")
        values["deadline"] = _read_deadline(values["deadline"], name)
        values["regions"] = {region: _read_deadline(rule, name) for region, rule in values["regions"].items()}
        return Reporting(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadProfile(f"{name}: reporting: {error}") from None


def _read_deadline(table: Any, name: str) -> DeadlineRule:
    rule = DeadlineRule(**table)
    whole = all(type(number) is int and number >= 0 for number in table.values())
    if not whole or sum(unit in table for unit in DEADLINE_UNITS) != 1:
        raise BadProfile(f"{name}: a deadline has one of {DEADLINE_UNITS}, and whole numbers that are not negative")
    return rule


def _check_values(values: Mapping[str, Any], name: str) -> None:
    """Raises BadProfile if a value has the wrong type or is not in its catalog."""
    for key, value in values.items():
        wanted = bool if key in FLAGS else int if key in NUMBERS else tuple if key in CATALOGS else str
        if type(value) is not wanted or (isinstance(value, int) and value < 0):
            raise BadProfile(f"{name}: {key} must be of type {wanted.__name__} and not negative")
    for key, catalog in CATALOGS.items():
        strange = sorted(set(values[key]) - set(catalog))
        if strange or not values[key]:
            raise BadProfile(f"{name}: {key} must be of {catalog}, not {strange}")
    if values["face"] not in FACE_RULES or values["expired_document"] not in EXPIRED_RULES:
        raise BadProfile(f"{name}: face is one of {FACE_RULES}, expired_document one of {EXPIRED_RULES}")


@cache
def load_profiles() -> Mapping[str, Profile]:
    """All profiles by code. Raises BadProfile if any file is invalid."""
    folder = files("gateway.domain") / "jurisdictions"
    entries = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    profiles = {}
    for entry in entries:
        profile = read_profile(entry.read_text(encoding="utf-8"), entry.name)
        if f"{profile.code}.toml" != entry.name:
            raise BadProfile(f"{entry.name}: holds the code {profile.code}")
        profiles[profile.code] = profile
    return profiles


def profile_for(jurisdiction: str) -> Profile:
    """The rules of a region ("cn-33") if it has any, else of its country. Raises KeyError for an unknown country."""
    profiles = load_profiles()
    return profiles.get(jurisdiction) or profiles[jurisdiction.split("-", maxsplit=1)[0]]


UNKNOWN_COUNTRY = Reporting()


def reporting_for(country: str) -> Reporting:
    """Who is reported in a country and by when; everybody and within 24 hours where no rule is known."""
    profile = load_profiles().get(country)
    return profile.reporting if profile else UNKNOWN_COUNTRY


def deadline_rule(jurisdiction: str, own: Reporting | None = None) -> DeadlineRule:
    """The deadline of a region ("cn-33") if it has its own, else of its country; `own`: one registry's own rule."""
    country, _, region = jurisdiction.partition("-")
    reporting = own or reporting_for(country)
    return reporting.regions.get(region, reporting.deadline)
