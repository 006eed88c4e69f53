"""What a landlord is told before a tenant stands at a shut door: when, and in which words. Never who a tenant is."""

from typing import Final, NamedTuple

BATTERY: Final = (10, 20, 30)  # percent, the most pressing first
SILENT_SECONDS: Final = 15 * 60
AJAR_SECONDS: Final = 5 * 60
LATE_HOURS: Final = (2, 24)  # before arrival, the most pressing first


class Words(NamedTuple):
    zh: str
    en: str


SENTENCES: Final[dict[str, Words]] = {
    "battery": Words("{unit}：门锁电量 {n}%，请更换电池。", "{unit}: the lock's battery is at {n} %. Change it."),
    "silent": Words(
        "{unit}：门锁已离线 {n} 分钟，新钥匙无法写入。",
        "{unit}: the lock has been offline for {n} min. No key reaches it.",
    ),
    "jam": Words("{unit}：门锁卡住，请检查。", "{unit}: the lock is jammed. Look at it."),
    "ajar": Words("{unit}：门没有关上。", "{unit}: the door stands open."),
    "key_late": Words(
        "{unit}：{n} 小时内有人入住，钥匙还没有写入门锁。",
        "{unit}: somebody arrives within {n} h and the key is not on the lock yet.",
    ),
}
CODES: Final = tuple(SENTENCES)


def sentence(code: str, language: str, unit: str, number: int) -> str:
    """The notice in words; the unit's label is all it names."""
    words = SENTENCES[code]
    return (words.zh if language == "zh-CN" else words.en).format(unit=unit, n=number)


def battery_stage(percent: int | None) -> int | None:
    """The lowest of 10, 20 and 30 percent that a battery has reached; None above them."""
    return None if percent is None else next((limit for limit in BATTERY if percent <= limit), None)


def late_stage(seconds: int) -> int | None:
    """The nearest of 2 and 24 hours within which somebody arrives; None before that."""
    return next((hours for hours in LATE_HOURS if seconds <= hours * 3600), None)
