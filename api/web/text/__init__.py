"""Every sentence of the pages, Chinese and English side by side, so that one can not be written without the other."""

from api.web.text import account, common, door, errors, key, kiosk, landlord, office, officer, once, states, tester
from api.web.text.pair import Language, Text
from gateway.domain.errors import LodgekeyError
from gateway.domain.verification.sentences import SENTENCES, sentence

CATALOG: dict[str, Text] = {
    **common.TEXTS,
    **states.TEXTS,
    **errors.TEXTS,
    **door.TEXTS,
    **key.TEXTS,
    **kiosk.TEXTS,
    **landlord.TEXTS,
    **once.TEXTS,
    **officer.TEXTS,
    **tester.TEXTS,
    **account.TEXTS,
    **office.TEXTS,
}


def say(language: Language, name: str, /, **values: object) -> str:
    """The sentence `name` in `language`, its {placeholders} filled; KeyError for a name nobody wrote."""
    text = CATALOG[name]
    sentence = text.zh if language == "zh-CN" else text.en
    return sentence.format(**values) if values else sentence


def say_code(language: Language, family: str, code: str | None) -> str:
    """What a code of the API is called on a page; a code not known here is shown as it came, never hidden."""
    if code is None:
        return say(language, "common.unknown")
    name = f"{family}.{code}"
    return say(language, name) if name in CATALOG else code.replace("_", " ")


def say_reason(language: Language, code: str) -> str:
    """Why a case is with a person or was refused, and what to do: the identity rules' own sentences."""
    return sentence(code, language) if code in SENTENCES else say_code(language, "reason", code)


def say_purpose(language: Language, purpose: str) -> str:
    """A stated purpose: one of the console's own words, perhaps with a note behind it, or somebody's own text."""
    word, separator, note = purpose.partition(": ")
    return say_code(language, "opening.purpose", word) + separator + note


def say_refusal(language: Language, error: LodgekeyError) -> str:
    """What a person can do about a refusal: its fields' own sentences if it has any, else the sentence of its code.

    English keeps the refusal's own text, which knows the dates and names at hand.
    """
    fields = error.extra.get("fields")
    codes = [field["code"] for field in fields if field.get("code") in SENTENCES] if isinstance(fields, list) else []
    if codes:
        return " ".join(dict.fromkeys(sentence(code, language) for code in codes))
    return error.detail if language == "en" else say_code(language, "error", error.code)
