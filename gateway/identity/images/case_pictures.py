"""Pictures of cases in manual review: in memory only, a limited number, for a short time."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.domain.verification.port import ImageRefused
from gateway.identity.images.decode import screen_image

KEPT: Final = 100
LIFETIME: Final = 2 * 3600


@dataclass(frozen=True, slots=True)
class CasePictures:
    """The pictures a reviewer compares: the document as photographed, its portrait cut out, the face."""

    kept_at: int
    document: bytes | None = field(default=None, repr=False)
    portrait: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)


def plain_picture(data: bytes | None) -> bytes | None:
    """The picture without the camera's metadata; None where it cannot be shown."""
    try:
        return screen_image(data).data if data else None
    except ImageRefused:
        return None


class PictureTray:
    """Pictures by case id. The oldest are dropped first, all after two hours or when the case is decided."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._cases: OrderedDict[str, CasePictures] = OrderedDict()

    def put(self, case_id: str, document: bytes | None, portrait: bytes | None, face: bytes | None) -> None:
        """Keep the pictures of one case."""
        kept = (plain_picture(data) for data in (document, portrait, face))
        self._cases[case_id] = CasePictures(self._now(), *kept)
        while len(self._cases) > KEPT:
            self._cases.popitem(last=False)

    def get(self, case_id: str) -> CasePictures | None:
        """The pictures of one case; None where they are no longer kept."""
        self.sweep()
        return self._cases.get(case_id)

    def drop_face(self, case_id: str) -> None:
        """Drop the face of one case; the document stays for the reviewer."""
        if case_id in self._cases:
            self._cases[case_id] = replace(self._cases[case_id], face=None)

    def drop(self, case_id: str) -> None:
        """Drop the pictures of one case."""
        self._cases.pop(case_id, None)

    def sweep(self) -> None:
        """Drop pictures older than two hours."""
        oldest = self._now() - LIFETIME
        for case_id in [name for name, pictures in self._cases.items() if pictures.kept_at < oldest]:
            self.drop(case_id)
