"""How many workers, how much memory, and how alike two faces must be, per model."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances of 128-number templates: up to `accept` passes, up to `refuse` a person decides, beyond is another."""

    accept: float = 0.45
    refuse: float = 0.60

    def __post_init__(self) -> None:
        if not 0 < self.accept < self.refuse:
            raise ValueError("a face passes up to a smaller distance than it is refused from, both above 0")


DEFAULT_THRESHOLDS: Mapping[str, Thresholds] = {
    "face_recognition": Thresholds(),
    "five_point": Thresholds(),
}
"""dlib's model is documented as poor on East Asian faces, so 0.60, its own default, only ends the face path."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """The workers: seconds, mebibytes, pictures waiting beyond the ones being read, how far they give way (nice)."""

    engine: str = "face_recognition"
    workers: int = 1
    queue: int = 8
    timeout: float = 30.0
    warm_up_timeout: float = 120.0
    memory: int = 1536
    niceness: int = 5
    thresholds: Mapping[str, Thresholds] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))
