"""Models of liveness challenges, and of portraits for registries."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Model, Word


class LivenessChallenge(Model):
    """The latest challenge of one offer. `turns`: one letter per turn (l, r); `attempts`: clips since `since`.

    Any process may issue it, and any may judge the clip that answers it, once.
    """

    __tablename__ = "liveness_challenges"
    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    nonce: Mapped[Word]
    turns: Mapped[Word]
    issued_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    answered_at: Mapped[int | None]
    attempts: Mapped[int]
    since: Mapped[int]


class Portrait(Model):
    """The portrait of one person, sealed under that person's key until the registry has the record.

    One row per person whose face is stored; `jurisdiction` is the code of the profile that requires it.
    """

    __tablename__ = "portraits"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    jurisdiction: Mapped[Word] = mapped_column(index=True)
    sealed: Mapped[bytes]
    kept_at: Mapped[int]
