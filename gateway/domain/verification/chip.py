"""The contents of a travel document's chip, and the error that rejects them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChipContents:
    """Files as a reader delivers them: EF.SOD, and data groups by number (1: machine-readable zone, 2: face)."""

    security_object: bytes = field(repr=False)
    groups: Mapping[int, bytes] = field(repr=False)


class ChipRefused(Exception):
    """The contents prove nothing; `code` is a key of `sentences.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
