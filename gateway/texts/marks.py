"""Marks for texts that are written in one place and shown in another: extraction finds them by these names.

A marked text is its English, so it can be stored, compared and shown as any string. What the same English needs
besides, for languages that need more than one translation of it, travels with it.
"""

from typing import Self


class Message(str):
    """An English text with its gettext context (msgctxt) or its plural form (msgid_plural)."""

    __slots__ = ("context", "number", "plural")
    context: str | None
    plural: str | None
    number: str

    def __new__(cls, text: str, context: str | None = None, plural: str | None = None, number: str = "n") -> Self:
        """The text itself; `plural` is the English for every number but one, `number` its placeholder."""
        message = super().__new__(cls, text)
        message.context, message.plural, message.number = context, plural, number
        return message


def N_(text: str) -> str:  # noqa: N802 - the name gettext's tools know
    """Mark a text; Translator.translate shows it."""
    return text


def NP_(context: str, text: str) -> Message:  # noqa: N802
    """Mark a text that has another translation elsewhere; `context` is a phrase that tells a translator which it is."""
    return Message(text, context)


def NN_(singular: str, plural: str, number: str = "n") -> Message:  # noqa: N802
    """Mark a text with a number: `singular` for one; `number` is the name of its placeholder."""
    return Message(singular, None, plural, number)
