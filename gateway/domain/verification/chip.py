"""The chip of a travel document: the port that reads one, and why its contents may be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChipContents:
    """Files as a reader gives them: EF.SOD, and data groups by number (1 the machine zone, 2 the face)."""

    security_object: bytes = field(repr=False)
    groups: Mapping[int, bytes] = field(repr=False)


class ChipReader(Protocol):
    """A reader with one document on it; reading opens the chip with what the machine zone says (PACE or BAC)."""

    async def read_chip(self, machine_zone: str) -> ChipContents:
        """The chip's files; raises ChipRefused where it does not open."""
        ...


class ChipRefused(Exception):
    """Contents that prove nothing; `code` is a key of `identity_sentences.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
