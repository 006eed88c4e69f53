"""Alerts to landlords, meant to arrive before a tenant stands at a closed door: when to raise them, and their texts.

An alert never identifies a tenant.
"""

from typing import Final, NamedTuple

BATTERY: Final = (10, 20, 30)  # percent, most urgent first
SILENT_SECONDS: Final = 15 * 60
AJAR_SECONDS: Final = 5 * 60
LATE_HOURS: Final = (2, 24)  # before arrival, most urgent first
DRIFT_SECONDS: Final = 60
DRIFT_REPORTED_SECONDS: Final = 7 * 86_400  # how long a corrected drift is reported
LOG_ALARM_SECONDS: Final = 7 * 86_400  # how long a fault in a log is reported: it cannot be repaired


class Words(NamedTuple):
    zh: str
    en: str


# What happened and what to do; the same text on pages, in e-mails and in webhooks. The non-breaking space keeps a
# number and its unit on one line.
SENTENCES: Final[dict[str, Words]] = {
    "battery": Words("门锁电量 {n}%，请更换电池。", "The lock's battery is at {n}\u00a0%. Change it."),
    "silent": Words(
        "门锁已离线 {n} 分钟，新钥匙无法写入。请检查门锁的电池和网络。",
        "The lock has been offline for {n}\u00a0min, so no new key reaches it. Check its battery and its network.",
    ),
    "jam": Words(
        "门锁卡住了。请把门关好，手动上锁一次；不行请检修。",
        "The lock is jammed. Shut the door well and lock it once by hand; if that does not help, have it repaired.",
    ),
    "ajar": Words(
        "门已开着 {n} 分钟。请联系租客，或派人去关门。",
        "The door has been open for {n}\u00a0min. Call your tenant, or have somebody shut it.",
    ),
    "key_late": Words(
        "{n} 小时内有人入住，钥匙还没有写入门锁。请让门锁联网，或准备当面开门。",
        "Somebody arrives within {n}\u00a0h and the key is not on the lock yet. Get the lock online, or be there to "
        "let them in.",
    ),
    "clock_off": Words(
        "门锁的时钟偏差了 {n} 秒，已校准。如果再次出现，请更换电池；仍然出现就更换门锁。",
        "The lock's clock was {n}\u00a0s off and has been set right. If that comes again, change its battery; if it "
        "still does, the lock.",
    ),
    "log_missing": Words(
        "门锁有记录没有送达。如果网络没有长时间中断，请检查谁能接触门锁和网络。",
        "Some of what the lock recorded did not arrive. If the network was not down, see who can reach it or the lock.",
    ),
    "log_forged": Words(
        "门锁的记录互相矛盾，可能有人拿到了它的密钥。请停用这把锁，重置后重新登记。",
        "The lock's records contradict each other: somebody may have its key. Take it out of service, reset it and "
        "enrol it again.",
    ),
}
CODES: Final = tuple(SENTENCES)


def sentence(code: str, language: str, unit: str, number: int) -> str:
    """The alert's text in one language; it names the unit's label and nothing else."""
    words = SENTENCES[code]
    text = (words.zh if language == "zh-CN" else words.en).format(n=number)
    return f"{unit}：{text}" if language == "zh-CN" else f"{unit}: {text}"


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


def clock_off(drift: int | None, since: int | None, now: int) -> int | None:
    """The absolute clock drift in seconds, for seven days after it was found; else None."""
    return None if drift is None or since is None or now - since >= DRIFT_REPORTED_SECONDS else abs(drift)


def log_alarm(alarm: str | None, since: int | None, now: int) -> str | None:
    """The alarm about a lock's log, for seven days after it was raised; else None."""
    return alarm if since is not None and now - since < LOG_ALARM_SECONDS else None
