"""Markers for texts that are defined in one place and shown in another; extraction finds them by these names.

A marked text is an English string that can be stored, compared and shown. Its gettext context or plural form, which
other languages may need, is attached to it.
"""

from typing import Self


class Message(str):
    """An English text with its gettext context (msgctxt) or its plural form (msgid_plural)."""

    __slots__ = ("context", "number", "plural")
    context: str | None
    plural: str | None
    number: str

    def __new__(cls, text: str, context: str | None = None, plural: str | None = None, number: str = "n") -> Self:
        """Create the text. `plural` is the English for every number but one; `number` names its placeholder."""
        message = super().__new__(cls, text)
        message.context, message.plural, message.number = context, plural, number
        return message


def N_(text: str) -> str:  # noqa: N802 - the name gettext's tools know
    """Mark a text for Translator.translate."""
    return text


def NP_(context: str, text: str) -> Message:  # noqa: N802
    """Mark a text that has another translation elsewhere; `context` is a phrase that tells a translator which one."""
    return Message(text, context)


def NN_(singular: str, plural: str, number: str = "n") -> Message:  # noqa: N802
    """Mark a text with a number: `singular` for one; `number` is the name of its placeholder."""
    return Message(singular, None, plural, number)
