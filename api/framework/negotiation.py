"""A page's language: the requested one, else the one chosen before, else the browser's preference."""

from typing import Final

from babel import negotiate_locale

from gateway.texts.languages import POSIX, SOURCE, Language

MAX_RANGES: Final = 20  # language ranges read of an Accept-Language header, which may have kilobytes


def choose_language(asked: str | None, chosen: str | None, accepted: str | None) -> Language:
    """`asked` is ?lang, `chosen` the cookie, `accepted` the Accept-Language header (RFC 9110, 12.5.4).

    A language stands for all its regions and scripts: zh-Hant gets zh-CN, pt-BR gets pt, es-419 gets es.
    """
    preferred = [tag.strip() for tag in (asked, chosen, *ranges_by_quality(accepted or "")) if tag]
    found = negotiate_locale(preferred, list(POSIX), sep="-")
    return POSIX[found.lower()] if found else SOURCE


def ranges_by_quality(header: str) -> list[str]:
    """The language ranges of an Accept-Language header by descending quality, without those of quality 0."""
    ranges = [part.split(";") for part in header.split(",")[:MAX_RANGES]]
    weighed = [(_quality(parameters), tag.strip()) for tag, *parameters in ranges if tag.strip()]
    return [tag for quality, tag in sorted(weighed, key=lambda each: each[0], reverse=True) if quality > 0]


def _quality(parameters: list[str]) -> float:
    """The `q` of a range, from 0 to 1; 1 where it is missing, 0 where it is not a number."""
    given = next((value.strip() for name, _, value in map(_split, parameters) if name.strip().lower() == "q"), "1")
    try:
        return min(max(float(given), 0.0), 1.0)
    except ValueError:
        return 0.0


def _split(parameter: str) -> tuple[str, str, str]:
    return parameter.partition("=")
