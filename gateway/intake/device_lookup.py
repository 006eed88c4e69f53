"""Device records for the messages of a batch, loaded in one query and kept for that batch only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import select

from certs.keys import public_from_point
from gateway.store import Device
from gateway.store.database import Database


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device's record; `in_service` is false after revocation."""

    site: str
    driver: str
    public_key: bytes
    in_service: bool


class DeviceLookup:
    """Present device records. Nothing is cached beyond a batch, so that a revocation takes effect at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batch: dict[str, Enrolled] = {}

    @contextmanager
    def batch(self, device_ids: set[str]) -> Iterator[Mapping[str, bytes]]:
        """Load these devices together and cache them until the block ends. Yields device -> public key."""
        self._batch = self._load(device_ids)
        try:
            yield {name: device.public_key for name, device in self._batch.items()}
        finally:
            self._batch = {}

    def enrolled(self, device_id: str) -> Enrolled | None:
        """The device's record; None for an unknown device."""
        return self._batch.get(device_id) or self._load({device_id}).get(device_id)

    def public_key_of(self, device_id: str) -> EllipticCurvePublicKey | None:
        """The key a device signs with; None where it is unknown or out of service."""
        device = self.enrolled(device_id)
        signs = device is not None and device.in_service and device.public_key
        return parsed(signs) if signs else None

    def _load(self, device_ids: set[str]) -> dict[str, Enrolled]:
        columns = (Device.id, Device.site, Device.driver, Device.public_key, Device.revoked_at.is_(None))
        with self._database.reading() as session:
            rows = session.execute(select(*columns).where(Device.id.in_(device_ids))).all()
        return {name: Enrolled(site, driver, key, bool(serves)) for name, site, driver, key, serves in rows}


@lru_cache(maxsize=20_000)
def parsed(point: bytes) -> EllipticCurvePublicKey:
    """The key of a stored point, cached because decompressing a curve point is expensive."""
    return public_from_point(point)
