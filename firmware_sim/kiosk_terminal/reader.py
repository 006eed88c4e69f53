"""What a kiosk reads with: a code reader, a document scanner, a camera, and simulated ones that read what a tester put.

A real terminal puts its own parts behind the same protocols; none of them writes a picture anywhere.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from firmware_sim.kiosk_terminal.camera import film_who_stands_there


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

    async def film(self, turns: Sequence[str]) -> list[bytes] | None:
        """JPEG frames of at most 24 KiB while the screen asks for these turns; None where nobody is seen."""


@dataclass(slots=True)
class SimCounter:
    """All three over what lies on the counter, in memory; a tenant who leaves takes it along."""

    code: str | None = None
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)
    still: bool = False  # the face is a photograph held up, no head that turns

    def put(
        self, *, code: str | None = None, document: bytes | None = None, face: bytes | None = None, still: bool = False
    ) -> None:
        """Lay something on the counter; what is not named stays."""
        self.code, self.document = code or self.code, document or self.document
        if face:
            self.face, self.still = face, still

    def clear(self) -> None:
        """The tenant has left."""
        self.code = self.document = self.face = None
        self.still = False

    async def read(self) -> str | None:
        """See CodeReader."""
        return self.code

    async def scan(self) -> bytes | None:
        """See Scanner."""
        return self.document

    async def take(self) -> bytes | None:
        """See Camera."""
        return self.face

    async def film(self, turns: Sequence[str]) -> list[bytes] | None:
        """See Camera."""
        face = self.face
        return await asyncio.to_thread(film_who_stands_there, face, turns, still=self.still) if face else None
