"""Lodgekey's languages, and which texts each has."""

from collections.abc import Mapping
from typing import Final, Literal

Language = Literal["en", "zh-CN", "es", "it", "pt"]  # BCP 47
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh-CN", "es", "it", "pt")
SOURCE: Final[Language] = "en"
NAMES: Final[Mapping[Language, str]] = {
    "en": "English",
    "zh-CN": "中文（简体）",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
}
"""Each language's name for itself."""
LOCALES: Final[Mapping[str, str]] = {"en": "en_GB", "zh-CN": "zh_CN", "es": "es", "it": "it", "pt": "pt_PT"}
"""The CLDR locale whose dates, numbers and country names a language uses."""

DOMAINS: Final[Mapping[str, tuple[Language, ...]]] = {
    "tenant": ("zh-CN", "es", "it", "pt"),
    "staff": ("zh-CN",),
    "command": ("zh-CN",),
}
"""The gettext domains and the languages that must translate all of each. Any other text is shown in English."""

RIGHT_TO_LEFT: Final = frozenset(("ar", "fa", "he", "ur"))
POSIX: Final[Mapping[str, Language]] = {"en": "en", "zh": "zh-CN", "es": "es", "it": "it", "pt": "pt"}


def direction_of(language: str) -> Literal["ltr", "rtl"]:
    """The value of HTML's `dir` for a BCP 47 tag."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def language_of_locale(locale: str) -> Language:
    """The language of a POSIX locale name such as zh_CN.UTF-8; English for C, POSIX and languages without texts."""
    return POSIX.get(locale.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")[0].lower(), SOURCE)
