"""Models of firmware: published images, their roll-outs, the update of each device, and ends of support."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.model import Count, Id, Model, Text, Word


class FirmwareImage(Model):
    """A published image. `class_id`, `digest` and `publisher` (key id) are hex; `envelope` is the signed manifest."""

    __tablename__ = "firmware_images"
    id: Mapped[Id]
    vendor: Mapped[Text]
    model: Mapped[Word]
    class_id: Mapped[Word] = mapped_column(index=True)
    version: Mapped[Word]
    sequence: Mapped[Count]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    envelope: Mapped[bytes]
    publisher: Mapped[Word]
    published_at: Mapped[int]


class FirmwareChunk(Model):
    """Bytes of an image from `begins` on: one row a command, so that the work of a message does not grow."""

    __tablename__ = "firmware_chunks"
    image_id: Mapped[str] = mapped_column(ForeignKey("firmware_images.id"), primary_key=True)
    begins: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class RollOut(Model):
    """An image given to a growing share of its model's devices. `state` is one of domain.firmware.ROLL_OUT_STATES.

    `step` is the index of the present share, `step_at` since when it applies; `reason` says why it stopped.
    """

    __tablename__ = "firmware_roll_outs"
    id: Mapped[Id]
    image_id: Mapped[str] = mapped_column(ForeignKey("firmware_images.id"))
    state: Mapped[Word] = mapped_column(default="running", index=True)
    step: Mapped[int] = mapped_column(default=0)
    step_at: Mapped[int]
    soak_seconds: Mapped[int]
    failure_limit: Mapped[int]
    reason: Mapped[Word | None]
    begun_at: Mapped[int]
    ended_at: Mapped[int | None]
    image: Mapped[FirmwareImage] = relationship(lazy="joined")


class FirmwareUpdate(Model):
    """The update of one device in one roll-out. `state` is one of domain.firmware.UPDATE_STATES, since `since`.

    `held` is how many bytes of the image the device said it has; None until it has taken the manifest. `reason` says
    what a waiting update waits for, or why it failed.
    """

    __tablename__ = "firmware_updates"
    __table_args__ = (UniqueConstraint("roll_out_id", "device_id"),)
    id: Mapped[Id]
    roll_out_id: Mapped[str] = mapped_column(ForeignKey("firmware_roll_outs.id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    state: Mapped[Word] = mapped_column(default="waiting")
    held: Mapped[int | None]
    reason: Mapped[Word | None]
    since: Mapped[int]
    roll_out: Mapped[RollOut] = relationship(lazy="joined")


class FirmwareSupport(Model):
    """End of support of a model's line of versions; a line is a version's beginning ("2." or "" for all)."""

    __tablename__ = "firmware_support"
    class_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    line: Mapped[str] = mapped_column(String(36), primary_key=True)
    ends_at: Mapped[Count]
