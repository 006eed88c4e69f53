"""Alerts to landlords and officers, meant to arrive before a tenant stands at a closed door: kinds, and when to raise.

Every kind is shown on the landlord's page to all who may see it, and can be subscribed to by e-mail and by webhook;
officers can subscribe to OFFICER_CODES, of their area. An alert is sent once for as long as its condition lasts. A
subscription made before a kind existed does not contain it until somebody chooses it; who has not chosen yet gets every
kind. An alert never identifies a tenant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

AlertCode = Literal[
    "battery", "silent", "jam", "ajar", "tampered", "clock_lost", "command_refused", "clock_off", "log_missing",
    "log_forged", "key_late", "exposed", "case_waits", "filing_refused", "filing_waits", "filing_due",
    "filing_late", "erasure_waits",
]  # fmt: skip
Severity = Literal["bad", "care", "plain"]
SEVERITIES: Final[tuple[Severity, ...]] = ("bad", "care", "plain")  # most urgent first

BATTERY: Final = (10, 20, 30)  # percent, most urgent first
SILENT_SECONDS: Final = 15 * 60
AJAR_SECONDS: Final = 5 * 60
LATE_HOURS: Final = (2, 24)  # before arrival, most urgent first
DRIFT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of alert. `stages`: the severity at each stage, where the number of the alert decides it.

    `lasts_seconds`: the alert is over this long after it was found; None: as soon as its condition is over.
    """

    code: AlertCode
    severity: Severity
    stages: Mapping[int, Severity] = field(default_factory=dict)
    lasts_seconds: int | None = None

    def severity_at(self, stage: int | None) -> Severity:
        """The severity at this stage; of the kind as a whole if it has no stages."""
        return self.severity if stage is None else self.stages.get(stage, self.severity)


KINDS: Final[Mapping[AlertCode, AlertKind]] = {
    kind.code: kind
    for kind in (
        AlertKind("battery", "bad", stages={10: "bad", 20: "care", 30: "plain"}),
        AlertKind("silent", "care"),
        AlertKind("jam", "bad"),
        AlertKind("ajar", "care"),
        AlertKind("tampered", "bad"),
        AlertKind("clock_lost", "bad"),
        AlertKind("command_refused", "bad"),
        AlertKind("clock_off", "care", lasts_seconds=7 * 86_400),
        AlertKind("log_missing", "bad", lasts_seconds=7 * 86_400),
        AlertKind("log_forged", "bad", lasts_seconds=7 * 86_400),
        AlertKind("key_late", "bad", stages={2: "bad", 24: "care"}),
        AlertKind("exposed", "bad"),
        AlertKind("case_waits", "bad"),
        AlertKind("filing_refused", "bad"),
        AlertKind("filing_waits", "care"),
        AlertKind("filing_due", "care"),
        AlertKind("filing_late", "bad"),
        AlertKind("erasure_waits", "bad"),
    )
}
# What an officer can act on: identity checks, and the registrations of the area.
OFFICER_CODES: Final[tuple[AlertCode, ...]] = (
    "case_waits", "filing_refused", "filing_waits", "filing_due", "filing_late", "erasure_waits",
)  # fmt: skip
# State of a registration that waits for a person -> the alert.
FILING_ALERTS: Final[Mapping[str, AlertCode]] = {
    "refused": "filing_refused",
    "partly": "filing_refused",
    "waiting": "filing_waits",
    "unknown": "filing_waits",
    "by_hand": "filing_waits",
}
# What a lock reports as its alarm -> the alert.
LOCK_ALARMS: Final[Mapping[str, AlertCode]] = {
    "jammed": "jam",
    "tampered": "tampered",
    "clock_lost": "clock_lost",
    "command_refused": "command_refused",
}
LOG_ALARMS: Final[Mapping[str, AlertCode]] = {"log_missing": "log_missing", "log_forged": "log_forged"}


def battery_stage(percent: int | None) -> int | None:
    """The lowest of 10, 20 and 30 percent that the battery is at or below; None above 30 and for an unknown level."""
    return None if percent is None else next((limit for limit in BATTERY if percent <= limit), None)


def late_stage(seconds: int) -> int | None:
    """The smaller of 2 and 24 hours within which the stay begins; None if it begins later."""
    return next((hours for hours in LATE_HOURS if seconds <= hours * 3600), None)


def ajar_minutes(door: str, since: int | None, now: int) -> int | None:
    """Minutes for which the door has been open; None for a closed door, or one open for less than five minutes."""
    if door != "open" or since is None or now - since < AJAR_SECONDS:
        return None
    return (now - since) // 60


def is_drift(seconds: int) -> bool:
    """Whether a clock drift is large enough for an alert: 60 s or more, in either direction."""
    return abs(seconds) >= DRIFT_SECONDS


def is_recent(code: AlertCode, since: int | None, now: int) -> bool:
    """Whether something found at `since` is still reported, for a kind that lasts a fixed time."""
    lasts = KINDS[code].lasts_seconds
    return since is not None and (lasts is None or now - since < lasts)
