"""The port that reads pictures of documents and compares faces, and its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Band = Literal["pass", "unsure", "refuse"]
Turn = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as read. `certain`: confirmed by a check digit or by two zones that agree."""

    value: str
    certain: bool


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What was read from one document picture; problems are stable codes of `sentences.SENTENCES`."""

    kind: str
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    portrait: bytes | None = field(default=None, repr=False)

    def value(self, name: str) -> str | None:
        """The field's text, or None if it was not read."""
        reading = self.fields.get(name)
        return reading.value if reading else None


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """One reference against one probe. Only the band, the model and the problems are kept, never the template."""

    band: Band
    model: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """The head turns a tenant has to show, in this order, once, before `expires_at` (UTC seconds)."""

    nonce: str
    turns: tuple[Turn, ...]
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class LivenessResult:
    """Whether the clip shows the requested turns by a live head, and the face of the portrait."""

    passed: bool
    model: str
    problems: tuple[str, ...] = ()


class ImageRefused(Exception):
    """The picture cannot be used. `code` is a key of `sentences.SENTENCES`; `part` says which picture."""

    def __init__(self, code: str, part: str = "image") -> None:
        super().__init__(code)
        self.code = code
        self.part = part


class IdentityBusy(Exception):
    """The workers' queue is full: try again after `retry_after` seconds, or let a person decide."""

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__("identity_busy")
        self.code = "identity_busy"
        self.retry_after = retry_after


class IdentityFailed(Exception):
    """A worker crashed or timed out on this picture; `code` is worker_crashed or worker_timeout."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Identity(Protocol):
    """Reads documents and compares faces one to one. Raises ImageRefused, IdentityBusy or IdentityFailed."""

    @property
    def ready(self) -> bool:
        """Whether a worker has loaded its models; until then calls wait in the queue."""
        ...

    async def start(self) -> None:
        """Start the workers and return at once; `ready` is true once one has loaded its models."""
        ...

    async def stop(self) -> None:
        """Stop the workers; waiting calls raise IdentityFailed."""
        ...

    async def read_document(self, image: bytes) -> DocumentReading:
        """Read one JPEG or PNG picture of one document."""
        ...

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:
        """Compare the one face in each picture; nothing of either is kept."""
        ...

    async def check_liveness(
        self, challenge: Challenge, clip_frames: Sequence[bytes], portrait: bytes | None
    ) -> LivenessResult:
        """Judge a short clip (JPEG frames in order) against the challenge it answers."""
        ...
