"""Workers, memory, and each model's thresholds for comparing faces."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances of 128-number templates.

    Up to `accept` passes, up to `refuse` is reviewed, beyond is another person.
    """

    accept: float = 0.45
    refuse: float = 0.60

    def __post_init__(self) -> None:
        if not 0 < self.accept < self.refuse:
            raise ValueError("thresholds must be 0 < accept < refuse")


DEFAULT_THRESHOLDS: Mapping[str, Thresholds] = {
    "face_recognition": Thresholds(),
    "five_point": Thresholds(),
}
"""dlib's model is documented as poor on East Asian faces: its default of 0.60 only sets `refuse`, not `accept`."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Settings of the workers: timeouts (s), memory (MiB), pictures waiting beyond those being read, niceness."""

    engine: str = "face_recognition"
    workers: int = 1
    queue: int = 8
    timeout: float = 30.0
    warm_up_timeout: float = 120.0
    memory: int = 1536
    niceness: int = 5
    thresholds: Mapping[str, Thresholds] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))
