"""Publishing: an image with its signed manifest is stored, and offered to no device before a roll-out begins."""

import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from certs.errors import BadSignature
from certs.keys import key_id
from devices.wire.catalog import MAX_CHUNK
from devices.wire.errors import BadManifest
from devices.wire.firmware.manifest import read_firmware
from gateway.domain.errors import Conflict, InputRefused
from gateway.store import FirmwareChunk, FirmwareImage
from gateway.texts.marks import N_

NOT_OF_PUBLISHER: Final = N_("The manifest is not signed by this gateway's firmware publisher.")
OTHER_IMAGE: Final = N_("The image is not the one that the manifest names.")
KNOWN: Final = N_("This image, or one of the same model with this sequence number, is published already.")


def publish(
    session: Session, publisher: ec.EllipticCurvePublicKey, envelope: bytes, image: bytes, now: int
) -> FirmwareImage:
    """Store an image. Raises InputRefused for another publisher, form or image, Conflict for a known one."""
    try:
        firmware = read_firmware(envelope, publisher)
    except (BadManifest, BadSignature):
        raise InputRefused(NOT_OF_PUBLISHER) from None
    if (hashlib.sha256(image).digest(), len(image)) != (firmware.digest, firmware.size):
        raise InputRefused(OTHER_IMAGE)
    class_id, digest = firmware.class_id.hex(), firmware.digest.hex()
    same = (FirmwareImage.class_id == class_id) & (FirmwareImage.sequence == firmware.sequence)
    if session.scalars(select(FirmwareImage).where((FirmwareImage.digest == digest) | same)).first():
        raise Conflict(KNOWN)
    row = FirmwareImage(
        vendor=firmware.vendor,
        model=firmware.model,
        class_id=class_id,
        version=firmware.version,
        sequence=firmware.sequence,
        digest=digest,
        size=firmware.size,
        envelope=envelope,
        publisher=key_id(publisher).hex(),
        published_at=now,
    )
    session.add(row)
    session.flush()
    chunks = [
        {"image_id": row.id, "begins": begins, "data": image[begins : begins + MAX_CHUNK]}
        for begins in range(0, len(image), MAX_CHUNK)
    ]
    session.execute(insert(FirmwareChunk), chunks)
    return row


def bytes_at(session: Session, image: FirmwareImage, offset: int) -> bytes:
    """The bytes of an image from an offset on, as many as one command takes or fewer."""
    chunk = select(FirmwareChunk).where(FirmwareChunk.image_id == image.id, FirmwareChunk.begins <= offset)
    row = session.scalars(chunk.order_by(FirmwareChunk.begins.desc()).limit(1)).one()
    return row.data[offset - row.begins :]
