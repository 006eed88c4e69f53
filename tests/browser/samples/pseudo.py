"""Two made-up languages that show what a layout does with texts nobody has translated yet.

ar-XB is read from right to left, en-XA is 40 % longer than English. Both are English in disguise, made here only.
"""

import gettext
import re
from typing import Final

import pytest

from api.framework import negotiation
from api.web.shell import render
from gateway.texts import catalogues, translator
from gateway.texts.languages import LOCALES, NAMES

RIGHT_TO_LEFT: Final = "ar-XB"
LONG: Final = "en-XA"
LOCALE_OF: Final = {RIGHT_TO_LEFT: "ar", LONG: "en_GB"}
EMBED, POP = "\u202e", "\u202c"  # RIGHT-TO-LEFT OVERRIDE, POP DIRECTIONAL FORMATTING
GROWTH: Final = 0.4
ACCENTED: Final = str.maketrans("aeiouAEIOUcns", "àéîöûÀÉÎÖÛçñš")
PLACEHOLDER: Final = re.compile(r"({\w+})")


def lengthened(text: str) -> str:
    """The text with accents and so many more signs, in words of its own length."""
    words = [word for word in text.split() if "{" not in word] or ["word"]
    extra, more = int(len(text) * GROWTH + 0.5), ""
    while len(more) < extra:
        more += " " + words[len(more) % len(words)]
    grown = text + more[: max(extra, 2)]
    return "".join(
        part if PLACEHOLDER.fullmatch(part) else part.translate(ACCENTED) for part in PLACEHOLDER.split(grown)
    )


def turned(text: str) -> str:
    """The text shown from right to left."""
    return f"{EMBED}{text}{POP}"


class Pseudo(gettext.NullTranslations):
    """A catalogue that answers for every text."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._change = turned if language == RIGHT_TO_LEFT else lengthened

    def gettext(self, message: str) -> str:
        """The text in disguise."""
        return self._change(str(message))

    def pgettext(self, context: str, message: str) -> str:
        """The same, whatever the context."""
        return self._change(str(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form English has for the number, in disguise."""
        return self._change(str(msgid1 if n == 1 else msgid2))


def add_pseudo_languages(patch: pytest.MonkeyPatch) -> None:
    """Have both answer like any other language, until the patch is undone."""
    real, negotiate = catalogues.translations, negotiation.choose_language

    def translations(language: str) -> gettext.NullTranslations:
        return Pseudo(language) if language in LOCALE_OF else real(language)

    def choose_language(asked: str | None, chosen: str | None, accepted: str | None) -> str:
        return asked if asked in LOCALE_OF else negotiate(asked, chosen, accepted)

    patch.setattr(translator, "translations", translations)
    patch.setattr(render, "choose_language", choose_language)
    patch.setattr(render, "NAMES", dict(NAMES) | dict(zip(LOCALE_OF, LOCALE_OF, strict=True)))
    for language, locale in LOCALE_OF.items():
        patch.setitem(LOCALES, language, locale)
