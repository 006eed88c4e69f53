"""Causes that packages below the texts report in English: certificates, the disclosure log, HTTP and the broker.

Their errors carry one of these sentences, which the command line shows in the terminal's language. A sentence with a
variable part is matched as a whole, each {placeholder} with any text.
"""

import re
from functools import cache
from typing import Final

from gateway.texts.marks import N_
from gateway.texts.translator import translator

CAUSES: Final = (
    N_("no rotation is under way"),
    N_("only a retired authority can be forgotten"),
    N_("{file} is not a private key"),
    N_("{file} is not a P-256 key"),
    N_("not a point on P-256"),
    N_("not a P-256 JWK"),
    N_("a private key must not leave its device"),
    N_("a coordinate is 32 bytes in base64url without padding"),
    N_("a coordinate is 32 bytes in base64url"),
    N_("a coordinate has one spelling only"),
    N_("not a P-256 COSE_Key"),
    N_("only compressed points are accepted"),
    N_("an empty log has no head"),
    N_("not signed as a head of this log"),
    N_("not a tree head"),
    N_("not a head's file"),
    N_("no leaf has this index"),
    N_("no earlier tree has this size"),
    N_("the older tree must hold something and be no larger than the newer"),
    N_("trees of one size must be the same"),
    N_("the proof is empty"),
    N_("the newer tree does not extend the older one"),
    N_("the proof is too long"),
    N_("the proof is too short"),
    N_("not a SHA-256 hash"),
    N_("no answer in time"),
    N_("status {status}"),
    N_("its certificate is not trusted: {error}"),
    N_("mosquitto was not found at {places}; install it or name it in the settings"),
    N_("mosquitto did not start: {output}"),
    N_("another gateway already runs its broker in {folder}; stop it first, or choose another folder"),
)


def cause_text(language: str, cause: str) -> str:
    """A cause in a language; unchanged where it is none of CAUSES."""
    for text, pattern in patterns():
        if found := pattern.fullmatch(cause):
            return translator(language).gettext(text, **found.groupdict())
    return cause


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each cause and the expression that matches it."""
    return tuple((text, re.compile(expression_of(text), re.DOTALL)) for text in CAUSES)


def expression_of(text: str) -> str:
    """The regular expression of a sentence with {placeholders}."""
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text))
