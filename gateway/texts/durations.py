"""How long something takes, in the words of a language."""

from importlib import import_module
from typing import Any

from gateway.texts.languages import LOCALES


def span_text(minutes: int, language: str) -> str:
    """Minutes, or from three hours on full hours, rounded up. The number is not torn from its unit."""
    units: Any = import_module("babel.units")  # no command needs it before it tells a duration
    hours = minutes >= 180
    number, unit = (-(-minutes // 60), "duration-hour") if hours else (minutes, "duration-minute")
    return str(units.format_unit(number, unit, length="short", locale=LOCALES[language])).replace(" ", "\u00a0")
