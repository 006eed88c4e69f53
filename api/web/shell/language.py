"""Which language a page speaks: what was asked for, else what was chosen before, else what the browser prefers."""

from api.web.text.pair import Language

COOKIE = "lodgekey_lang"
SPOKEN: dict[str, Language] = {"zh": "zh-CN", "en": "en"}


def choose_language(asked: str | None, chosen: str | None, accepted: str | None) -> Language:
    """`asked` is ?lang, `chosen` the cookie, `accepted` the Accept-Language header (RFC 9110 §12.5.4)."""
    for tag in (asked, chosen, *_by_preference(accepted or "")):
        spoken = SPOKEN.get((tag or "").strip().lower().split("-")[0])
        if spoken:
            return spoken
    return "en"


def _by_preference(header: str) -> list[str]:
    ranges = [part.split(";") for part in header.split(",")[:20]]
    return [tag for tag, *_ in sorted(ranges, key=_weight, reverse=True)]


def _weight(parts: list[str]) -> float:
    quality = next((p.strip()[2:] for p in parts[1:] if p.strip().startswith("q=")), "1")
    try:
        return float(quality)
    except ValueError:
        return 0.0
