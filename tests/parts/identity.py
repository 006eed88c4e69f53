"""Document reading and face comparison without models: pictures are decoded, results are preset."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.domain.verification.port import (
    Band,
    Challenge,
    DocumentReading,
    FaceComparison,
    FieldReading,
    LivenessResult,
)
from gateway.identity.images.decode import decode_image, encode_jpeg

ANNA = {
    "surname": "VOORBEELD",
    "given_names": "ANNA MARIA",
    "id_number": "XR1001R58",
    "birth_date": "1985-03-03",
    "nationality": "NLD",
    "issuing_state": "NLD",
    "sex": "F",
    "expiry_date": "2034-03-02",
}


@dataclass
class MemoryIdentity:
    """The identity port: every document is a passport with `fields`, every face comparison gives `band`."""

    band: Band = "pass"
    ready: bool = True
    fields: dict[str, str] = field(default_factory=lambda: dict(ANNA))

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def read_document(self, image: bytes) -> DocumentReading:
        """The preset fields, read as certain."""
        pixels = decode_image(image, "document")
        read = {name: FieldReading(value, certain=True) for name, value in self.fields.items()}
        return DocumentReading("passport", read, (), encode_jpeg(pixels[:64, :64]))

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:
        """The preset band."""
        decode_image(portrait, "portrait")
        decode_image(probe, "face")
        return FaceComparison(self.band, "memory")

    async def check_liveness(
        self, challenge: Challenge, clip_frames: Sequence[bytes], portrait: bytes | None
    ) -> LivenessResult:
        """Every clip passes its challenge."""
        return LivenessResult(passed=True, model="memory")
