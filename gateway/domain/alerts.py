"""What a landlord is told before a tenant stands at a shut door: when, and in which words. Never who a tenant is."""

from typing import Final, NamedTuple

BATTERY: Final = (10, 20, 30)  # percent, the most pressing first
SILENT_SECONDS: Final = 15 * 60
AJAR_SECONDS: Final = 5 * 60
LATE_HOURS: Final = (2, 24)  # before arrival, the most pressing first
DRIFT_SECONDS: Final = 60
DRIFT_REPORTED_SECONDS: Final = 7 * 86_400  # for how long a clock that was off is told of: it is right again
LOG_SECONDS: Final = 7 * 86_400  # for how long a log that did not fit is told of: nothing mends it


class Words(NamedTuple):
    zh: str
    en: str


# What happened and what to do, the same on the page, by e-mail and by webhook; a number keeps its unit on its line.
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
    """The notice in words; the unit's label is all it names."""
    words = SENTENCES[code]
    text = (words.zh if language == "zh-CN" else words.en).format(n=number)
    return f"{unit}：{text}" if language == "zh-CN" else f"{unit}: {text}"


def battery_stage(percent: int | None) -> int | None:
    """The lowest of 10, 20 and 30 percent that a battery has reached; None above them."""
    return None if percent is None else next((limit for limit in BATTERY if percent <= limit), None)


def late_stage(seconds: int) -> int | None:
    """The nearest of 2 and 24 hours within which somebody arrives; None before that."""
    return next((hours for hours in LATE_HOURS if seconds <= hours * 3600), None)


def ajar_minutes(door: str, since: int | None, now: int) -> int | None:
    """For how long a door has been open, in minutes; None for one that is shut, or was opened just now."""
    if door != "open" or since is None or now - since < AJAR_SECONDS:
        return None
    return (now - since) // 60


def is_drift(seconds: int) -> bool:
    """Whether a clock was off by so much that somebody should know."""
    return abs(seconds) >= DRIFT_SECONDS


def clock_off(drift: int | None, since: int | None, now: int) -> int | None:
    """By how many seconds, either way, a clock was off, while it is worth telling."""
    return None if drift is None or since is None or now - since >= DRIFT_REPORTED_SECONDS else abs(drift)


def log_alarm(alarm: str | None, since: int | None, now: int) -> str | None:
    """What was found wrong with a lock's log, while it is worth telling."""
    return alarm if since is not None and now - since < LOG_SECONDS else None
