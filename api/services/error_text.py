"""Texts of errors in the reader's language, for pages and the command line."""

from gateway.domain.errors import LodgekeyError
from gateway.texts.families import code_text, reason_text
from gateway.texts.identity import REASON
from gateway.texts.languages import SOURCE
from gateway.texts.translator import translator


def error_text(language: str, error: LodgekeyError) -> str:
    """Return what a person can do about an error, in `language`.

    It is the texts of the error's fields if they have any, else the error's own text, or the text of its code if the
    own text is not translated.
    """
    fields = error.extra.get("fields")
    codes = [field["code"] for field in fields if field.get("code") in REASON] if isinstance(fields, list) else []
    if codes:
        return " ".join(dict.fromkeys(reason_text(language, code) for code in codes))
    reader = translator(language)
    if language == SOURCE or reader.has(error.message):
        return reader.translate(error.message, **error.values)
    return code_text(language, "error", error.code)
