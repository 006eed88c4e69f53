"""The contents of a travel document's chip, and why they may be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChipContents:
    """Files as a reader gives them: EF.SOD, and data groups by number (1 the machine zone, 2 the face)."""

    security_object: bytes = field(repr=False)
    groups: Mapping[int, bytes] = field(repr=False)


class ChipRefused(Exception):
    """Contents that prove nothing; `code` is a key of `identity_sentences.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
