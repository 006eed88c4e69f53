"""Readers of a kiosk: code reader, document scanner and camera, with simulated ones fed by a tester.

A real terminal implements the same protocols; none of them writes a picture to storage.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from firmware_sim.kiosk_terminal.camera import film_who_stands_there


class CodeReader(Protocol):
    """Reads a two-dimensional code."""

    async def read(self) -> str | None:
        """Return the text of the code in view; None without one."""


class Scanner(Protocol):
    """Scans a document."""

    async def scan(self) -> bytes | None:
        """Return the document on the glass as JPEG, at most 480 KiB; None without one."""


class Camera(Protocol):
    """Camera directed at the person in front of the kiosk."""

    async def take(self) -> bytes | None:
        """Return one picture as JPEG, at most 480 KiB; None if nobody is in view."""

    async def film(self, turns: Sequence[str]) -> list[bytes] | None:
        """Return JPEG frames of at most 24 KiB, filmed while the screen requests these turns; None without a person."""


@dataclass(slots=True)
class SimCounter:
    """Simulates all three over the items on the counter, in memory; cleared when the tenant leaves."""

    code: str | None = None
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)
    still: bool = False  # the face is a photograph held up, not a turning head

    def put(
        self, *, code: str | None = None, document: bytes | None = None, face: bytes | None = None, still: bool = False
    ) -> None:
        """Put items on the counter; those not named stay."""
        self.code, self.document = code or self.code, document or self.document
        if face:
            self.face, self.still = face, still

    def clear(self) -> None:
        """Remove all items: the tenant has left."""
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
