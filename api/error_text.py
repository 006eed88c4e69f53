"""What went wrong, in the language of the person who reads it: pages and the command line say it alike."""

from gateway.domain.errors import LodgekeyError
from gateway.texts.families import code_text, reason_text
from gateway.texts.identity import REASON
from gateway.texts.languages import SOURCE
from gateway.texts.translator import translator


def error_text(language: str, error: LodgekeyError) -> str:
    """What a person can do about an error: what its fields say if they say anything, else the error's own words.

    An error whose own words are not translated is told by its code.
    """
    fields = error.extra.get("fields")
    codes = [field["code"] for field in fields if field.get("code") in REASON] if isinstance(fields, list) else []
    if codes:
        return " ".join(dict.fromkeys(reason_text(language, code) for code in codes))
    reader = translator(language)
    if language == SOURCE or reader.has(error.message):
        return reader.translate(error.message, **error.values)
    return code_text(language, "error", error.code)
