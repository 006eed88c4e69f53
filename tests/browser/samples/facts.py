"""Facts of the fictitious house on the sample pages: its locks, keys, stays, filings, cases and records."""

from typing import Any

import segno

from api.services.devices.status import DeliveryShown
from api.services.officer.area_map import UnitState
from api.services.officer.exports import ExportShown
from api.services.officer.filings import CorrectionMade, DifferenceShown, PreviewShown, ProblemShown
from api.services.officer.stored_faces import FacesShown
from api.services.schemas import (
    CaseOpened,
    CodeStandingShown,
    DateRequestShown,
    FilingShown,
    KeyShown,
    LockShown,
    OfferShown,
    OnboardingShown,
    OnceCodeMade,
    OnceCodeShown,
    PasscodeShown,
    StayShown,
    UnitShown,
)
from api.services.tenant.erasure import ErasureShown, KeptShown
from api.services.tenant.family import CompanionLink
from api.services.tenant.key_overview import Companion, FilingLine, OwnDates, Reader
from api.web.landlord.pages import draw_code
from api.web.shell.corrections import NONE_SENT
from api.web.tenant.pages import child_values
from gateway.domain.filings.ways_out import actions_for
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.feed.stream import FeedItem

NOW = 1_795_300_000  # 2026-11-21 22:26:40 UTC
ZONE = "Asia/Shanghai"
DAY = 86_400
START, END = wall_clock(NOW - 3600, ZONE), wall_clock(NOW + 2 * DAY, ZONE)
PHONE = "+86 571 8888 0000"
ADDRESS = "杭州市西湖区文三路 90 号 3 幢"


def lock(room: str, **reported: Any) -> LockShown:
    """One lock; by default last seen 12 s ago, online and locked."""
    values: dict[str, Any] = {
        "id": f"lock-{room}",
        "site": "wensan-90",
        "kind": "lock",
        "label": f"{room} 室门锁",
        "unit": room,
        "online": True,
        "bolt": "locked",
        "door": "closed",
        "battery": 84,
        "clock": "set",
        "alarm": None,
        "last_seen_at": NOW - 12,
        "certificate_expires_at": NOW + 90 * DAY,
        "revoked": False,
    }
    return LockShown.model_validate(values | reported)


LOCK = lock("301")
AWAY = lock("302", online=False, bolt="unknown", battery=9, clock="lost", last_seen_at=NOW - 5400)
JAMMED = lock("303", bolt="jammed", alarm="jammed", door="open", battery=30)
NEW = lock("304", online=None, bolt="unknown", battery=None, last_seen_at=None)


def key(state: str, device: LockShown, **when: int | None) -> KeyShown:
    """One key in this state."""
    values: dict[str, Any] = {
        "id": f"key-{device.id}-{state}",
        "lock": device.id,
        "state": state,
        "from_": START,
        "until": END,
        "on_lock_at": NOW - 95,
        "revoking_at": None,
        "revoked_at": None,
        "cannot_outlive": END,
        "exposure_minutes": None,
    }
    return KeyShown.model_validate(values | when)


KEY = key("on_lock", LOCK)
REVOKING = key("revoking", AWAY, revoking_at=NOW - 240).model_copy(
    update={
        "exposure_minutes": 2880,
        "delay_reason": "lock_offline",
        "delayed_since": NOW - 5400,
        "cannot_be_revoked_before": END,
    }
)


def code(state: str, device: LockShown) -> CodeStandingShown:
    """One passcode in this state."""
    return CodeStandingShown(lock=device.id, state=state, from_=START, until=END)


def once_code(state: str, device: LockShown, *, used_at: int | None = None, **held: Any) -> OnceCodeShown:
    """One one-time code in this state."""
    return OnceCodeShown(id=f"once-{state}", lock=device.id, state=state, issued_at=NOW - 7200, used_at=used_at, **held)


ONCE_MADE = OnceCodeMade(id="once-new", digits="000 4821 9035", lock="lock-301", issued_at=NOW, on_lock=False)
OFFER = OfferShown(
    offer_id="o1",
    stay_id="s3",
    url="https://lodgekey.example/o/Zk3vJ0x8m2Q9s7RrT4yWbAZk3vJ0x8m2Q9s7RrT4yWbA",
    kiosk_code="4G7-XK2-9QM",
    state="open",
    expires_at=wall_clock(NOW + DAY, ZONE),
)


def filing(kind: str, state: str) -> FilingShown:
    """One filing in this state."""
    receipt = "SBX-2026-000417" if state == "accepted" else None
    shown = FilingShown(
        id=f"f-{kind}", registry="cn", kind=kind, state=state, deadline=END, receipt=receipt, code=None, sentence=None
    )
    return shown.model_copy(update={"actions": list(actions_for(state, replaced=False))})


def stay(name: str, state: str, **parts: Any) -> StayShown:
    """One stay, of room 301 by default."""
    values: dict[str, Any] = {
        "id": name,
        "unit": "u1",
        "unit_label": "301",
        "from_": START,
        "until": END,
        "state": state,
        "tenants": 1,
        "arrived_at": None,
        "ended_at": None,
        "offers": [],
        "keys": [],
        "registrations": [],
    }
    return StayShown.model_validate(values | parts)


ARRIVED = stay(
    "s1",
    "active",
    arrived_at=NOW - 60,
    keys=[KEY],
    once_codes=[once_code("on_lock", LOCK), once_code("used", LOCK, used_at=NOW - 3600)],
    once_locks=[LOCK.id],
    registrations=[filing("check_in", "accepted")],
)
LEAVING = stay(
    "s2",
    "ended",
    unit_label="302",
    keys=[REVOKING],
    codes=[code("revoking", AWAY), code("expired", AWAY)],
    once_codes=[
        once_code("revoking", AWAY, has_no_end=True, delay_reason="lock_offline", delayed_since=NOW - 5400),
        once_code("unknown", AWAY, delay_reason="lock_offline", delayed_since=NOW - 5400),
    ],
    registrations=[filing("check_in", "accepted"), filing("check_out", "queued")],
)
OFFERED = stay("s3", "offered", unit_label="柳浪新苑 12 幢 1 单元 1802", offers=[OFFER])


def unit(room: str, *locks: LockShown) -> UnitShown:
    """One unit."""
    return UnitShown(
        id=f"u-{room}",
        code=f"330106-{room}",
        label=room,
        address=f"{ADDRESS} {room} 室",
        timezone=ZONE,
        jurisdiction="cn",
        registries=["cn"],
        liveness_level="phone",
        locks=list(locks),
    )


UNITS = [unit("301", LOCK), unit("302", AWAY), unit("303", JAMMED), unit("304")]


FACES = FacesShown(jurisdiction="cn", people=81_240, limit=100_000, state="warn", filing=None, filing_days=None)


def onboarding(stage: str, **parts: Any) -> OnboardingShown:
    """The tenant's onboarding at this stage."""
    values: dict[str, Any] = {
        "unit": "301",
        "address": f"{ADDRESS} 301 室",
        "landlord": "陈美兰",
        "landlord_phone": PHONE,
        "from_": START,
        "until": END,
        "timezone": ZONE,
        "jurisdiction": "cn",
        "asks": ["name", "id_number", "birth_date", "nationality", "sex"],
        "documents": profile_for("cn").document_kinds,
        "asks_besides": ["residence.country", "phone", "email"],
        "asks_one_of": ["phone", "email"],
        "face": "optional",
        "seen_by": ["landlord", "registry:sandbox", "officer"],
        "consents": {"registration": True, "face": True},
        "stage": stage,
        "reasons": [],
        "decision_reason": None,
        "keys": [],
        "passcodes": [],
    }
    return OnboardingShown.model_validate(values | parts)


def case(**parts: Any) -> CaseOpened:
    """A case, with all its pictures by default."""
    values: dict[str, Any] = {
        "id": "c1",
        "unit": "301",
        "area": "330106",
        "state": "review",
        "method": "document_face",
        "reasons": ["face_without_liveness"],
        "score_band": "pass",
        "created_at": NOW - 150,
        "pictures": ["document", "portrait", "face"],
        "fields": {
            "name": "王小明",
            "id_number": "330106199001012415",
            "birth_date": "1990-01-01",
            "sex": "M",
            "document_kind": "cn_resident_id",
        },
        "sources": {"name": {"read": "王小朋", "typed": "王小明"}},
    }
    return CaseOpened.model_validate(values | parts)


TYPED_CASE = case(id="c2", method="typed", reasons=["typed_without_camera"], pictures=[], score_band=None)


def record(name: str, **parts: Any) -> dict[str, Any]:
    """One registration record as the feed shows it, masked."""
    values: dict[str, Any] = {
        "id": name,
        "kind": "check_in",
        "at": wall_clock(NOW - 30, ZONE),
        "unit": {"code": "330106-301", "label": "301", "address": f"{ADDRESS} 301 室", "area": "330106"},
        "from": START,
        "until": END,
        "state": "accepted",
        "receipt": "SBX-2026-000417",
        "deadline": END,
        "person": {"name": "王••", "id_number": "••••15", "birth_date": "1990", "nationality": "CHN"},
    }
    return values | parts


ITEMS = [
    FeedItem(43, record("r3", kind="change", state="refused", person=None)),
    FeedItem(42, record("r2", kind="check_out", state="queued")),
    FeedItem(41, record("r1")),
]
HAND_OVER_URL = "https://lodgekey.example/take/fB3lsFSiS1yaOg1MfxsuEQAAAABqsTcA"
HAND_OVER = CompanionLink(url=HAND_OVER_URL, qr=segno.make(HAND_OVER_URL, error="m").svg_data_uri(border=2, scale=4))
CODE = PasscodeShown(digits="4821 9035 17", lock="lock-301", from_=START, until=END, on_lock=True)
DATE_REQUEST = DateRequestShown(until=wall_clock(NOW + 4 * DAY, ZONE), requested_at=NOW - 300, agreed=None)
LAW = KeptShown(what="record", until=END, law="Real Decreto 933/2021, art. 5")
ERASURE = ErasureShown(asked=None, answer_by=None, effect=END, ended=False, kept=[LAW], erased=False)
KEY_PAGE: dict[str, Any] = {
    "onboarding": onboarding("on_lock"),
    **child_values(
        "zh-CN", onboarding("on_lock", asks_besides=["residence.country", "relation"], asks_minors=["relation"])
    ),
    "keys": [(KEY, LOCK)],
    "begins_later": False,
    "filings": [FilingLine("check_in", "accepted", "cn", "R-2026-1121")],
    "readers": [Reader("officer:o1", "correction: 14/2026", NOW - 800)],
    "once_codes": [once_code("used", LOCK, used_at=NOW - 3600)],
    "date_request": DATE_REQUEST,
    "party_open": True,
    "has_surname": True,
    "erasure": ("3f" * 16, ERASURE),
    "own_dates": OwnDates(START, END, planned=True, expected=True, children=1, others=True, days=True),
    "companions": [Companion("00000000-0000-4000-8000-00000000000c", NOW)],
    "registering": True,
    "documents": onboarding("on_lock").documents,
    "refusals": None,
    "correction": NONE_SENT,
    "code_tables": {},
}


def stay_values(shown: StayShown, device: LockShown) -> dict[str, Any]:
    """Template values of stay.html."""
    return {
        "role": "landlord",
        "stay": shown,
        "acts": True,
        "decides": True,
        "revoking": False,
        "zone": ZONE,
        "links": [(offer, draw_code(offer.url)) for offer in shown.offers],
        "keys": [(item, device) for item in shown.keys],
        "codes": [(item, device) for item in shown.codes],
        "once_codes": [(item, device) for item in shown.once_codes],
        "once_locks": [device] if shown.once_locks else [],
        "once_unused": bool(shown.once_locks),
        "waits": "",
        "idempotency_key": "i",
        "typed": {},
    }


LATE = filing("check_in", "unknown").model_copy(update={"standing": "late", "receipt": None})
ATTENTION = [LATE, filing("check_out", "refused").model_copy(update={"standing": "warn"})]
PREVIEW = PreviewShown(
    filing=LATE,
    others=[filing("check_in", "accepted").model_copy(update={"registry": "webhook"})],
    unit="u1",
    stay="s1",
    people=2,
    registry="sandbox",
    registry_ready=False,
    problems=[ProblemShown(field="people[0].birth_date", rule="not_a_date", sentence="Person 1: Enter a date.")],
    differences=[DifferenceShown(field="people[0].surname", given="王•", sent="W•••")],
    tables={},
    correction=CorrectionMade(
        by="officer", name="Officer A", at=START, fields=["birth_date", "id_number"], reason="passport shown again"
    ),
)
DELIVERY = DeliveryShown(
    id=7,
    party="registry:sandbox",
    work="submit",
    state="owed",
    attempts=2,
    due_at=NOW,
    outcome="registry_deciding",
    outcome_args={},
    sentence="the registry is still processing the record",
)
BEHAVIOURS = ("normal", "refuse", "partial", "late", "silent", "down")
MESSAGES = [
    {"at": NOW - 3, "way": "out", "channel": "event", "kind": "unlocked", "seq": 42, "bytes": 210},
    {"at": NOW - 3, "way": "lost", "channel": "ack", "kind": "done", "seq": 41, "bytes": 188},
    {"at": NOW - 4, "way": "in", "channel": "cmd", "kind": "", "seq": 0, "bytes": 164},
]


def export(standing: str, *, mine: bool) -> ExportShown:
    """One export in this state."""
    return ExportShown(
        id=f"e-{standing}",
        area="330106",
        from_=wall_clock(NOW - 7 * DAY, "UTC"),
        until=wall_clock(NOW, "UTC"),
        purpose="与消防大队核对本季度名单",
        rows=212,
        standing=standing,
        requested_at=NOW - 1800,
        expires_at=wall_clock(NOW + DAY, "UTC"),
        mine=mine,
    )


def booked(room: str, first: int, last: int, state: str) -> StayShown:
    """A stay in November."""
    days = {"from_": f"2026-11-{first:02}T15:00:00+08:00", "until": f"2026-11-{last:02}T11:00:00+08:00"}
    return stay(f"m{room}-{first}", state, unit=f"u-{room}", unit_label=room, **days)


MONTH = [
    booked("301", 2, 6, "ended"),
    booked("301", 19, 24, "active"),
    booked("302", 10, 13, "ended"),
    booked("302", 13, 27, "active"),
    booked("303", 28, 30, "offered"),
]
UNIT_STATES = [
    UnitState(
        f"330106-0{area}",
        f"330106-{area}{room:02}",
        f"{area}{room:02}",
        ("pressing", "registered", "free")[min(room % 5, 2)],
    )
    for area in range(1, 6)
    for room in range(1, 4 + 3 * area)
]
EXPORTS = [export("awaits_approval", mine=False), export("approved", mine=True), export("taken", mine=True)]
