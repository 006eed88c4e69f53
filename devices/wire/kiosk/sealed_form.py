"""The plaintext of a sealed message: numbered fields as deterministic CBOR, decoded strictly."""

from collections.abc import Sequence
from typing import Any

from certs import cbor
from devices.wire.errors import BadMessage
from devices.wire.fields import Field


def encode_form(fields: Sequence[Field], form: object) -> bytes:
    """The form's attributes by their numbers; None is left out."""
    values = {item.number: getattr(form, item.name) for item in fields}
    return cbor.encode({number: value for number, value in values.items() if value is not None})


def decode_form(fields: Sequence[Field], raw: bytes) -> dict[str, Any]:
    """The values in exactly these bytes, by name; raises BadMessage, which names no content."""
    try:
        value = cbor.decode(raw)
    except cbor.NotCanonical as error:
        raise BadMessage("not deterministic CBOR") from error
    known = {item.number: item for item in fields}
    if not isinstance(value, dict) or not known.keys() >= value.keys():
        raise BadMessage("not the form that was meant")
    for item in fields:
        if item.number not in value and not item.optional:
            raise BadMessage(f"{item.name} is missing")
        if item.number in value and not item.kind(value[item.number]):
            raise BadMessage(f"{item.name} is not what it may be")
    return {known[number].name: found for number, found in value.items()}
