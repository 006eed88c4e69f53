"""Texts of errors in the reader's language, for pages, the API and the command line."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.domain.errors import LodgekeyError
from gateway.domain.filings.field_names import named_text
from gateway.domain.filings.refusal import FieldsRefused
from gateway.texts.errors import NOT_IN_FORM, TOO_LONG
from gateway.texts.families import message_text, reason_text
from gateway.texts.identity import REASON
from gateway.texts.translator import translator


def error_text(language: str, error: LodgekeyError) -> str:
    """Return what a person can do about an error, in `language`.

    It is the texts of the error's fields if they have any, else the error's own text, or the text of its code if the
    own text is not translated.
    """
    if isinstance(error, FieldsRefused):
        return " ".join(dict.fromkeys(field["sentence"] for field in error.shown(language)))
    codes = [field["code"] for field in _coded(error)]
    if codes:
        return " ".join(dict.fromkeys(reason_text(language, code) for code in codes))
    return message_text(language, error.message, error.values, error.code)


def field_texts(language: str, error: LodgekeyError) -> list[Mapping[str, str]]:
    """Return the fields that an error names: `field`, `code`, and in `language` a `sentence` that names the field."""
    if isinstance(error, FieldsRefused):
        return error.shown(language)
    found = [(str(field["field"]), str(field["code"]), reason_text(language, field["code"])) for field in _coded(error)]
    if not found and "field" in error.extra:
        found = [(str(error.extra["field"]), error.code, error_text(language, error))]
    return [
        {"field": field, "code": code, "sentence": named_text(language, field, sentence)}
        for field, code, sentence in found
    ]


def malformed_fields(language: str, found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Return the fields that are no such input, as `field_texts` does. `found`: pydantic's errors of a request.

    `field` is the path in the request, and `code` is pydantic's type of the error.
    """
    return [
        {
            "field": ".".join(str(part) for part in one["loc"][1:]),
            "code": str(one["type"]),
            "sentence": named_text(language, str(one["loc"][-1]), _malformed_text(language, one)),
        }
        for one in found
    ]


def _malformed_text(language: str, found: Mapping[str, Any]) -> str:
    if found["type"] in ("missing", "string_too_short"):
        return reason_text(language, "field_missing")
    if found["type"] == "string_too_long":
        return translator(language).translate(TOO_LONG, most=found["ctx"]["max_length"])
    return translator(language).translate(NOT_IN_FORM)


def _coded(error: LodgekeyError) -> list[Mapping[str, str]]:
    """The fields of an error whose codes are reasons with a text."""
    fields = error.extra.get("fields")
    return [field for field in fields if field.get("code") in REASON] if isinstance(fields, list) else []
