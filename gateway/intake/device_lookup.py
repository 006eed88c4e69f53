"""Who a message may come from: the devices a batch is from, looked up in one query and only for that batch."""

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
    """A device as it is registered; `in_service` is false once it was revoked."""

    site: str
    driver: str
    public_key: bytes
    in_service: bool


class DeviceLookup:
    """Devices as they stand now. Nothing is remembered beyond a batch, so that a revocation counts at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batch: dict[str, Enrolled] = {}

    @contextmanager
    def batch(self, device_ids: set[str]) -> Iterator[Mapping[str, bytes]]:
        """Look these up together; they are known until the block ends. Yields the public key of each."""
        self._batch = self._load(device_ids)
        try:
            yield {name: device.public_key for name, device in self._batch.items()}
        finally:
            self._batch = {}

    def enrolled(self, device_id: str) -> Enrolled | None:
        """The device; None where it is none of ours."""
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
    """The key of a stored point: a curve point is costly to unpack and always the same."""
    return public_from_point(point)
