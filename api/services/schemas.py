"""Requests and answers that several audiences of the API share.

Times as text are RFC 3339 in the unit's time zone, times as numbers UTC seconds. Unknown fields are refused.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.services.people_of_stay import PersonOfStay
from gateway.domain.filings.ways_out import Action
from gateway.domain.keys.key import DelayReason
from gateway.domain.verification.liveness import Level

Short = Annotated[str, Field(max_length=200)]
Instant = Annotated[str, Field(max_length=40, examples=["2026-12-01T15:00"])]


class Strict(BaseModel):
    """A request body. Refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")


class DatesForm(Strict):
    """New dates of a stay. A date that is left out does not change."""

    from_: Annotated[Instant | None, Field(alias="from")] = None
    until: Instant | None = None


class UnitForm(Strict):
    """A landlord's setting for a unit; `liveness_level` is how a tenant proves presence: phone, kiosk or person."""

    liveness_level: Level


class OfferShown(BaseModel):
    """An offer with its link."""

    offer_id: str
    stay_id: str
    url: str
    kiosk_code: str
    state: str
    expires_at: str


class LockShown(BaseModel):
    """A device as it last reported itself; `last_seen_at` is null if it never did.

    `clock_drift`: error of its clock in seconds, when it was last found to be a minute or more.
    """

    id: str
    site: str
    kind: str
    label: str
    unit: str | None
    online: bool | None
    bolt: str
    door: str
    door_since: int | None = None
    battery: int | None
    clock: str
    clock_drift: int | None = None
    clock_drift_at: int | None = None
    alarm: str | None
    log_alarm: str | None = None
    log_alarm_at: int | None = None
    last_seen_at: int | None
    certificate_expires_at: int
    revoked: bool


class UnitShown(BaseModel):
    """A unit of the landlord, with its locks and the registries it reports to, in order."""

    id: str
    code: str
    label: str
    address: str
    timezone: str
    jurisdiction: str
    registries: list[str]
    reports_bookings: bool = False
    liveness_level: Level
    locks: list[LockShown]


class DelayShown(BaseModel):
    """Why a lock has not applied a change yet, and since when (UTC seconds), where that is known.

    `has_no_end`: a revocation is pending, and the lock may accept the key or code for any time until it receives it.
    """

    delay_reason: DelayReason | None = None
    delayed_since: int | None = None
    cannot_be_revoked_before: str | None = None
    exposure_minutes: int | None = None
    has_no_end: bool = False


class KeyShown(DelayShown):
    """A key and its state on the lock; `cannot_outlive` is when it expires even if the lock receives nothing.

    `cannot_be_revoked_before`: the same moment, while the revocation cannot reach the lock; `delay_reason` says why.
    """

    id: str
    lock: str
    state: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str
    on_lock_at: int | None
    revoking_at: int | None
    revoked_at: int | None
    cannot_outlive: str


class CodeStandingShown(DelayShown):
    """The state of a passcode on its lock, for the landlord. Its digits are not disclosed."""

    lock: str
    state: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str


class OnceCodeShown(DelayShown):
    """A one-time code without its digits. `state`: delivering, on_lock, unknown (the lock is offline), used,
    revoking or revoked; `used_at` is when the lock reported its use.
    """

    id: str
    lock: str
    state: str
    issued_at: int
    used_at: int | None


class OnceCodeMade(BaseModel):
    """A new one-time code for the keypad. Its digits are shown only once."""

    id: str
    digits: str
    lock: str
    issued_at: int
    on_lock: bool


class PasscodeShown(BaseModel):
    """A code for the keypad, valid in [from, until); `on_lock` is true once the lock has confirmed it."""

    digits: str
    lock: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str
    on_lock: bool


class HolderKeyShown(KeyShown):
    """A key as its holder sees it, with the credential for the phone (CWT, base64) and the lock's last word.

    `lock_key` (JWK) is how a phone knows the lock over Bluetooth; another maker's lock has none, and no credential.
    Once half of the credential's time is over, `renewal_due` is true until a renewal was asked for.
    """

    credential: str
    lock_key: dict[str, str] | None
    renew_before: str
    renewal_due: bool
    passcodes: list[PasscodeShown]
    bolt: str
    last_seen_at: int | None
    landlord_phone: str


class StayShown(BaseModel):
    """A stay in one of the landlord's units. Tenants are counted, not named.

    `people`: those who are registered. `once_locks`: ids of the locks that can get a one-time code now.
    """

    id: str
    unit: str
    unit_label: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str
    state: str
    tenants: int
    people: list[PersonOfStay] = []
    arrived_at: int | None
    ended_at: int | None
    offers: list[OfferShown]
    keys: list[KeyShown]
    codes: list[CodeStandingShown] = []
    once_codes: list[OnceCodeShown] = []
    once_locks: list[str] = []
    registrations: list["FilingShown"]
    date_request: "DateRequestShown | None" = None
    erasure: "ErasureAsked | None" = None


class ErasureAsked(BaseModel):
    """That a tenant of the stay asked for erasure, and by when it is to be answered; RFC 3339, the unit's time zone."""

    at: str
    answer_by: str


class DateRequestShown(BaseModel):
    """A tenant's request for another end of the stay; `agreed` is null until it is answered."""

    until: str
    requested_at: int
    agreed: bool | None


class FilingShown(BaseModel):
    """The state of one registration record at its registry.

    With `text`, the registry's own words, `code` is the registry's code; without, it is one of Lodgekey's, with the
    arguments `args`. `sentence` is the registry's text, or that of Lodgekey's code in English. `actions`: what a
    person can do about it, none once another record was filed in its place.
    """

    id: str
    registry: str
    kind: str
    state: str
    deadline: str | None
    receipt: str | None
    code: str | None
    args: dict[str, str | int] = {}
    text: str | None = None
    sentence: str | None
    standing: Literal["in_time", "warn", "late"] = "in_time"
    receipt_sha256: str | None = None
    tables: dict[str, str] = {}
    actions: list[Action] = []


class CodeShown(BaseModel):
    """One entry of an authority's table."""

    code: str
    name: str


class OnboardingShown(BaseModel):
    """A tenant's onboarding: the stay, what the law (`asks`) and the registry (`asks_besides`) ask, and the stage.

    Of the facts in `asks_one_of` one is enough. `asks_codes` has the facts that are codes of the authority's table,
    each with its entries, or with none where the table is long: search it at /onboarding/codes. `asks_only_if`: by
    fact, the fields or facts that decide whether it is asked, with the values for which it is. `asks_minors`: asked of
    minors only. `asks_same_residence`, `asks_same_contact`: the tenant may say that they live, or are reached, as the
    adult who invited them; it is then copied and never shown. `asks_others`: whether others are registered
    afterwards. `asks_group`: whether they are a group. `passcodes`: until a phone was given the keys.
    """

    unit: str
    address: str
    landlord: str
    landlord_phone: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str
    timezone: str
    jurisdiction: str
    asks: list[str]
    documents: list[str]
    asks_besides: list[str]
    asks_one_of: list[str]
    asks_codes: dict[str, list[CodeShown]] = {}
    asks_only_if: dict[str, dict[str, list[str]]] = {}
    asks_minors: list[str] = []
    asks_same_residence: bool = False
    asks_same_contact: bool = False
    asks_others: bool = False
    asks_group: bool = False
    face: str
    liveness_level: str = "phone"
    seen_by: list[str]
    consents: dict[str, bool]
    stage: str
    reasons: list[str]
    decision_reason: str | None
    keys: list[str]
    passcodes: list[PasscodeShown]


class ConsentForm(Strict):
    """Consents by purpose; false withdraws one. `guardian`: a parent or guardian is present and agrees for a minor.

    If `guardian` is left out, that consent is unchanged.
    """

    registration: bool
    face: bool = False
    guardian: bool | None = None
    text_version: Annotated[str, Field(max_length=36)]
    language: Annotated[str, Field(max_length=12)]


class ChallengeShown(BaseModel):
    """The head turns that a clip has to show, in order, before `expires_at` (RFC 3339); send `nonce` with the clip."""

    nonce: str
    turns: list[str]
    expires_at: str


class HolderForm(Strict):
    """The public key of the holder's phone, as a JWK (P-256)."""

    holder_key: dict[str, Any]


class Registered(BaseModel):
    """The result of a verification: the stage reached, the codes of the reasons, and the ids of the keys."""

    stage: str
    reasons: list[str]
    keys: list[str]


class UnlockForm(Strict):
    """A holder's signed request. `signature`: base64url of r || s over the lines `lodgekey-unlock`, key id, at, nonce.

    `at` is in UTC seconds.
    """

    at: int
    nonce: Annotated[str, Field(min_length=8, max_length=36, pattern=r"^[A-Za-z0-9_-]+$")]
    signature: Annotated[str, Field(max_length=100)]


class UnlockAnswer(BaseModel):
    """The lock's answer, or `no_answer` if it sent none within three seconds. `ms`: the time taken, in milliseconds."""

    outcome: Literal["unlocked", "refused", "failed", "no_answer"]
    code: str | None = None
    at: int | None = None
    ms: float


class CaseShown(BaseModel):
    """A case that waits for a person's decision, with the reasons; `pictures` names the images that can be viewed."""

    id: str
    unit: str
    area: str
    state: str
    method: str
    reasons: list[str]
    score_band: str | None
    created_at: int
    pictures: list[str]


class CaseOpened(CaseShown):
    """A case with the tenant's fields that count, and each with what was read, typed and corrected.

    `problems`: by field that a registry would refuse, as missing or wrong, what to do; while the case waits.
    """

    fields: dict[str, str]
    sources: dict[str, dict[str, str]]
    problems: dict[str, str] = {}


class DecisionForm(Strict):
    """A decision on a case. The reason is shown to the tenant, and required unless the case passes.

    `fields`: what CaseOpened.problems names, as it is entered by who decides; for a case that passes only.
    """

    decision: Literal["pass", "refuse", "ask_again"]
    reason: Annotated[str, Field(max_length=400)] = ""
    fields: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=30)] = {}


class PurposeForm(Strict):
    """The purpose for which a record is opened; it is logged."""

    purpose: Annotated[str, Field(min_length=3, max_length=200)]


class RecordOpened(BaseModel):
    """A registration record with its person's fields, unmasked."""

    record: dict[str, Any]
    person: dict[str, str]
