"""Masking of personal fields in lists; unmasked values need a request with a reason."""

from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "•"
SHOWN_OPENLY: Final = ("nationality", "document_kind")


def mask_name(name: str) -> str:
    """The first character of each part, the rest as dots: "Li Na" → "L• N•". A Chinese name is one part."""
    return " ".join(part[0] + HIDDEN * min(3, max(1, len(part) - 1)) for part in name.split())


def mask_number(number: str) -> str:
    """The last two characters after four dots; dots only for a number of at most four characters."""
    return HIDDEN * 4 + number[-2:] if len(number) > 4 else HIDDEN * 4


def masked(fields: Mapping[str, str]) -> dict[str, str]:
    """A person's fields for a list: name and number masked, year of birth, nationality and document kind in clear."""
    name = fields.get("name") or f"{fields.get('surname', '')} {fields.get('given_names', '')}".strip()
    shown = {key: fields[key] for key in SHOWN_OPENLY if fields.get(key)}
    return shown | {
        "name": mask_name(name),
        "id_number": mask_number(fields.get("id_number", "")),
        "birth_date": fields.get("birth_date", "")[:4],
    }
