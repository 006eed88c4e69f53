"""Texts in one reader's language, with their {placeholders} filled."""

import gettext
from collections.abc import Iterable
from functools import cache

from gateway.texts.catalogues import translations
from gateway.texts.marks import Message


class Translator:
    """The texts of one language. Its methods have gettext's names, by which extraction finds the texts.

    Values replace {placeholders} as in str.format; without values the text is returned unchanged. KeyError for a
    placeholder without a value. Untranslated texts are returned in English.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def gettext(self, text: str, /, **values: object) -> str:
        """Translate a text."""
        return _filled(self._catalogue.gettext(text), values)

    def pgettext(self, context: str, text: str, /, **values: object) -> str:
        """Translate a text that has another translation elsewhere, identified by `context`."""
        return _filled(self._catalogue.pgettext(context, text), values)

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Translate a text with a number, in the language's form for `n`; {n} is the number."""
        return _filled(self._catalogue.ngettext(singular, plural, n), {"n": n, **values})

    def translate(self, message: str, /, **values: object) -> str:
        """Translate a text marked elsewhere (gateway.texts.marks); a plural form's number is among the values."""
        context = message.context if isinstance(message, Message) else None
        if isinstance(message, Message) and message.plural is not None:
            number = _whole(values[message.number])
            return _filled(self._catalogue.ngettext(message, message.plural, number), values)
        return self.gettext(message, **values) if context is None else self.pgettext(context, message, **values)

    def join(self, items: Iterable[str], /) -> str:
        """Several items in one line, separated as usual in the language."""
        return self.pgettext("list separator", ", ").join(items)

    def has(self, message: str) -> bool:
        """Whether the text has a translation in this language."""
        if isinstance(message, Message) and message.plural is not None:
            return self._catalogue.ngettext(message, message.plural, 2) != message.plural
        context = message.context if isinstance(message, Message) else None
        found = self._catalogue.gettext(message) if context is None else self._catalogue.pgettext(context, message)
        return bool(message) and found != message


@cache
def translator(language: str) -> Translator:
    """The translator of a language (a BCP 47 tag of gateway.texts.languages)."""
    return Translator(language, translations(language))


def _whole(number: object) -> int:
    if not isinstance(number, int):
        raise TypeError(f"a plural form is chosen by a whole number, not by {number!r}")
    return number


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format(**values) if values else text
