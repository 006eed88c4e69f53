"""The identity port, implemented by worker processes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from gateway.clock import utc_now
from gateway.domain.verification.port import (
    Band,
    Challenge,
    DocumentReading,
    FaceComparison,
    FieldReading,
    LivenessResult,
)
from gateway.identity.images.decode import screen_image
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.supervisor import Body, WorkerPool


class IdentityPool:
    """Screens each picture in this process, then passes it to a worker; keeps no picture after the answer."""

    def __init__(
        self, settings: IdentitySettings | None = None, now: Callable[[], int] = utc_now, *, workers: int | None = None
    ) -> None:
        chosen = settings or IdentitySettings()
        self._settings = replace(chosen, workers=workers) if workers else chosen
        self._now = now
        self._pool = WorkerPool(self._settings)

    @property
    def ready(self) -> bool:
        """Whether a worker has its models loaded."""
        return self._pool.ready

    async def start(self) -> None:
        """Start the workers and return at once."""
        self._pool.start()

    async def stop(self) -> None:
        """Stop the workers."""
        await asyncio.to_thread(self._pool.stop)

    async def read_document(self, image: bytes) -> DocumentReading:
        """Read one picture of one document."""
        screen_image(image, "document")
        today = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        answer = await self._pool.ask({"job": "read_document", "image": image, "today": today})
        fields = {name: FieldReading(value, certain) for name, (value, certain) in answer["fields"].items()}
        return DocumentReading(answer["kind"], fields, tuple(answer["problems"]), answer["portrait"])

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:
        """Compare the only face of each picture."""
        for image, part in ((portrait, "portrait"), (probe, "face")):
            screen_image(image, part)
        body = {"job": "compare_faces", "portrait": portrait, "probe": probe, "thresholds": self._thresholds()}
        answer = await self._pool.ask(body)
        return FaceComparison(cast(Band, answer["band"]), answer["model"], tuple(answer["problems"]))

    async def check_liveness(
        self, challenge: Challenge, clip_frames: Sequence[bytes], portrait: bytes | None
    ) -> LivenessResult:
        """Judge a clip. The caller has already checked the challenge's validity, in `domain.liveness`."""
        for frame in clip_frames:
            screen_image(frame, "clip")
        body: Body = {
            "job": "live",
            "nonce": challenge.nonce,
            "turns": list(challenge.turns),
            "frames": list(clip_frames),
            "portrait": portrait,
            "thresholds": self._thresholds(),
        }
        answer = await self._pool.ask(body)
        return LivenessResult(answer["passed"], answer["model"], tuple(answer["problems"]))

    def _thresholds(self) -> list[float]:
        """The thresholds of the engine in use."""
        limits = self._settings.thresholds[self._settings.engine]
        return [limits.accept, limits.refuse]
