"""What can be learnt from pictures of a document and of a face, and the port that learns it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Band = Literal["pass", "unsure", "refuse"]
Turn = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as read; `certain` means a check digit or two agreeing zones confirm it."""

    value: str
    certain: bool


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What one document picture says; problems are stable codes of `identity_sentences.SENTENCES`."""

    kind: str
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    portrait: bytes | None = field(default=None, repr=False)

    def value(self, name: str) -> str | None:
        """The field's text, or None where it was not read."""
        reading = self.fields.get(name)
        return reading.value if reading else None


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """One reference against one probe: only the band, the model and the problems are kept, never the template."""

    band: Band
    model: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the tenant is asked to do with the head, in this order, once, before `expires_at` (UTC seconds)."""

    nonce: str
    turns: tuple[Turn, ...]
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class LivenessResult:
    """Whether the clip shows a head that turned as asked and belongs to the portrait."""

    passed: bool
    model: str
    problems: tuple[str, ...] = ()


class ImageRefused(Exception):
    """A picture that cannot be used; `code` is a key of `identity_sentences.SENTENCES`, `part` says which picture."""

    def __init__(self, code: str, part: str = "image") -> None:
        super().__init__(code)
        self.code = code
        self.part = part


class IdentityBusy(Exception):
    """The queue before the workers is full: try again after `retry_after` seconds, or let a person decide."""

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__("identity_busy")
        self.code = "identity_busy"
        self.retry_after = retry_after


class IdentityFailed(Exception):
    """A worker died or took too long over this picture; `code` is worker_crashed or worker_timeout."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Identity(Protocol):
    """Reads documents and compares faces, one to one; raises ImageRefused, IdentityBusy or IdentityFailed."""

    @property
    def ready(self) -> bool:
        """True once a worker has its models loaded; before that calls wait in the queue."""
        ...

    async def start(self) -> None:
        """Starts the workers and returns at once; `ready` tells when one has warmed up."""
        ...

    async def stop(self) -> None:
        """Ends the workers; calls still waiting raise IdentityFailed."""
        ...

    async def read_document(self, image: bytes) -> DocumentReading:
        """Reads one JPEG or PNG picture of one document."""
        ...

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:
        """Compares the one face of each picture; nothing of either is kept."""
        ...

    async def check_liveness(
        self, challenge: Challenge, clip_frames: Sequence[bytes], portrait: bytes | None
    ) -> LivenessResult:
        """Judges a short clip (JPEG frames in order) against the challenge it answers."""
        ...
