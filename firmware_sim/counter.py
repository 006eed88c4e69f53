"""What a kiosk reads with: a code reader, a document scanner, a camera, and simulated ones that read what a tester put.

A real terminal puts its own parts behind the same three protocols; none of them writes a picture anywhere.
"""

from dataclasses import dataclass, field
from typing import Protocol


class CodeReader(Protocol):
    """Reads a two-dimensional code."""

    async def read(self) -> str | None:
        """The text of the code before it; None where there is none."""


class Scanner(Protocol):
    """Scans a document."""

    async def scan(self) -> bytes | None:
        """The document on the glass as JPEG, at most 480 KiB; None where there is none."""


class Camera(Protocol):
    """Looks at who stands before the kiosk."""

    async def take(self) -> bytes | None:
        """One picture as JPEG, at most 480 KiB; None where nobody is seen."""


@dataclass(slots=True)
class SimCounter:
    """All three over what lies on the counter, in memory; a tenant who leaves takes it along."""

    code: str | None = None
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)

    def put(self, *, code: str | None = None, document: bytes | None = None, face: bytes | None = None) -> None:
        """Lay something on the counter; what is not named stays."""
        self.code, self.document = code or self.code, document or self.document
        self.face = face or self.face

    def clear(self) -> None:
        """The tenant has left."""
        self.code = self.document = self.face = None

    async def read(self) -> str | None:
        """See CodeReader."""
        return self.code

    async def scan(self) -> bytes | None:
        """See Scanner."""
        return self.document

    async def take(self) -> bytes | None:
        """See Camera."""
        return self.face
