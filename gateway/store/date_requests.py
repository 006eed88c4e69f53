"""The model of date requests."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.model import Id, Model
from gateway.store.stays import Stay


class DateRequest(Model):
    """A tenant's request for another end of the stay, open until the landlord answers. One open request per stay."""

    __tablename__ = "date_requests"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    until_at: Mapped[int]
    requested_at: Mapped[int]
    answered_at: Mapped[int | None]
    agreed: Mapped[bool | None]
    stay: Mapped[Stay] = relationship(lazy="joined")
