"""Apply each step of the authority's rotation to the broker, this gateway and every device, in that order.

`lodgekey certs` takes the steps in a separate process. The running gateway reads them from the authority's folder,
renews the certificates of broker and gateway, and queues what each device lacks. No step is taken before the last one
was applied and confirmed by the devices themselves.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Set
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from certs.authority.ca import SERVER_DAYS, Authority
from certs.authority.generations import Standing, read_standing
from certs.files import PUBLIC, write_atomic
from gateway.domain.errors import Conflict
from gateway.journey.devices.certificates import behind, enqueue_certificates, forget_certificates, has_old_certificates
from gateway.store import Certificate, Device
from gateway.store.database import Database
from gateway.texts.marks import N_, NN_

log = logging.getLogger(__name__)

FOLLOWED: Final = "followed.json"  # the phase that broker and gateway have certificates of
OWN_LIFE: Final = SERVER_DAYS * 86_400 * 2 // 3
KEPT_AFTER_ITS_END: Final = 30 * 86_400
NOT_CONFIRMED: Final = NN_(
    "{n} device has not confirmed this phase: {devices}.", "{n} devices have not confirmed this phase: {devices}."
)
WOULD_BE_LOST: Final = NN_(
    "{n} device would lose its connection: {devices}.", "{n} devices would lose their connection: {devices}."
)


class AuthorityRotation:
    """The running gateway's authority. `renew` issues new certificates to broker and gateway."""

    def __init__(
        self,
        authority: Authority,
        database: Database,
        renew: Callable[[], Awaitable[None]],
        now: Callable[[], int],
    ) -> None:
        self.authority = authority
        self._database, self._renew, self._now = database, renew, now
        self._renew_at = now() + OWN_LIFE  # a starting gateway issues new certificates
        self._followed = authority.generations.standing

    def present(self) -> Authority:
        """The authority in its present phase."""
        return self.authority

    async def follow(self) -> None:
        """One round: read the phase, renew certificates that are due, queue what devices lack."""
        folder, now = self.authority.folder, self._now()
        standing = read_standing(folder)
        if standing != self.authority.generations.standing:
            self.authority = Authority.open(folder, self._now)
        if standing != self._followed or now >= self._renew_at:
            try:
                await self._renew()
            except OSError as error:
                log.error("the certificates of broker and gateway could not be renewed: %s", error)
                return
            self._followed, self._renew_at = standing, now + OWN_LIFE
            log.info("broker and gateway have certificates of phase %s", standing.phase)
        note_followed(folder, standing)
        try:
            await asyncio.to_thread(self._enqueue, now)
        except SQLAlchemyError as error:
            log.error("certificates for devices could not be queued: %s", type(error).__name__)

    def _enqueue(self, now: int) -> None:
        before = now - KEPT_AFTER_ITS_END
        with self._database.reading() as session:
            nothing_to_do = not behind(session, self.authority) and not has_old_certificates(session, before)
        if nothing_to_do:
            return
        with self._database.writing() as session:
            enqueue_certificates(session, self.authority, now)
            forget_certificates(session, before)


def note_followed(folder: Path, standing: Standing) -> None:
    """Record in the authority's folder that this phase was applied, for the process that takes the next step."""
    followed = json.dumps(asdict(standing)).encode()
    file = folder / FOLLOWED
    if not file.exists() or file.read_bytes() != followed:
        write_atomic(file, followed, PUBLIC)


def is_followed(authority: Authority) -> bool:
    """Whether a gateway has issued certificates of this phase to its broker and itself."""
    file = authority.folder / FOLLOWED
    followed = json.loads(file.read_text()) if file.exists() else None
    return bool(followed == json.loads(json.dumps(asdict(authority.generations.standing))))


def advance(session: Session, authority: Authority, leave: Set[str] = frozenset()) -> Authority:
    """Go to the next phase.

    Raises Conflict while the gateway, or a device not in `leave`, has not applied this one.
    """
    if not is_followed(authority):
        raise Conflict(N_("The gateway has not applied the last step yet. Start it, or wait half a minute."))
    waiting = {name: lacks for name, lacks in behind(session, authority).items() if name not in leave}
    if waiting:
        raise Conflict(NOT_CONFIRMED, {"n": len(waiting), "devices": _listed(waiting)}, devices=waiting)
    return authority.advance_rotation()


def roll_back(authority: Authority) -> Authority:
    """Return to the present generation from any phase. Raises BadPhase where no rotation is under way."""
    return authority.roll_back_rotation()


def forget(session: Session, authority: Authority, number: int, leave: Set[str], now: int) -> Authority:
    """Stop trusting a retired generation. Raises Conflict while a device not in `leave` presents its certificate."""
    presented = select(Device.id).join(Certificate, Certificate.serial == Device.certificate_serial)
    living = presented.where(Device.revoked_at.is_(None), Certificate.expires_at > now)
    lost = set(session.scalars(living.where(Certificate.generation == number))) - leave
    if lost:
        raise Conflict(WOULD_BE_LOST, {"n": len(lost), "devices": _listed(lost)}, devices=sorted(lost))
    return authority.forget_generation(number)


def _listed(waiting: Iterable[str]) -> str:
    names = sorted(waiting)
    return ", ".join(names[:20]) + (" and more" if len(names) > 20 else "")
