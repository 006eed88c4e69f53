"""Files of a travel document's chip as sent by a kiosk: EF.SOD, DG1 and DG2 (ICAO 9303-10), in CBOR."""

from typing import Any, Final

from certs import cbor
from devices.wire.errors import BadMessage
from devices.wire.fields import octets

MAX_FILE: Final = 64 * 1024
MAX_CHIP: Final = 3 * MAX_FILE + 64

ChipFiles = tuple[bytes, bytes, bytes]


def is_chip(value: Any) -> bool:
    """Whether a decoded value is the three files."""
    return type(value) is list and len(value) == 3 and all(map(octets(1, MAX_FILE), value))


def encode_chip(files: ChipFiles) -> bytes:
    """The three files as one part of a form."""
    return cbor.encode(list(files))


def decode_chip(raw: bytes) -> ChipFiles:
    """The three files in exactly these bytes; raises BadMessage, which names no content."""
    try:
        value: Any = cbor.decode(raw) if len(raw) <= MAX_CHIP else []
    except cbor.NotCanonical as error:
        raise BadMessage("not deterministic CBOR") from error
    if not is_chip(value):
        raise BadMessage("not the files of a chip")
    security_object, zone, face = value
    return security_object, zone, face
