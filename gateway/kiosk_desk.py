"""Registrations that come from a kiosk: opened, examined, recorded, answered on its screen, and only then acked."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import cbor2
from certs.errors import Unsealable
from certs.sealing import open_sealed, registration_context
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from devices.link import Received
from devices.reports import Happened
from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.errors import LodgekeyError
from gateway.domain.identity import Identity
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification import VerificationSettings
from gateway.identity.examination import Examined, Submission, examine
from gateway.identity.pictures import PictureTray
from gateway.intake import set_aside
from gateway.journey import lanes
from gateway.journey.door import Shown, open_offer, record_consent, record_verification, usable_offer
from gateway.journey.keyring import Keyring
from gateway.outbox import owe
from gateway.store import Device, HeardMessage
from gateway.store.database import Database

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
SCREENS: Final = {"passed": "registered", "review": "person_decides", "refused": "refused"}
TEXT_FIELDS: Final = ("name", "id_number", "birth_date", "nationality", "sex", "surname", "given_names")


class DeskSettings(Protocol):
    """What the desk needs of the gateway."""

    now: Callable[[], int]
    verification: VerificationSettings

    @property
    def intake_key(self) -> EllipticCurvePrivateKey: ...


class KioskDesk:
    """Takes sealed registrations, two at a time; one the disk refuses is not acked and comes again."""

    def __init__(
        self, database: Database, identity: Identity, keyring: Keyring, pictures: PictureTray, gateway: DeskSettings
    ) -> None:
        self._database, self._identity, self._keyring = database, identity, keyring
        self._pictures, self._gateway = pictures, gateway
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, report: Happened, message: Received) -> None:
        """Begin with one registration; returns at once."""
        task = asyncio.create_task(self._take(report, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Let go of what is under way; it was not acked, so the broker still has it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, report: Happened, message: Received) -> None:
        async with self._room:
            try:
                screen = await self._register(report, message)
                await asyncio.to_thread(self._answer, report, screen)
            except SQLAlchemyError as error:
                log.error("a registration from a kiosk could not be recorded: %s", type(error).__name__)
                return
            message.ack()

    async def _register(self, report: Happened, message: Received) -> dict[str, Any]:
        """What the kiosk is to show."""
        if await asyncio.to_thread(self._heard, report):
            return {"screen": "received"}
        try:
            form = self._open(report, message)
            token, submission = str(form["offer_token"]), _submission(form)
            profile, today = await asyncio.to_thread(self._enter, token, form)
            examined = await examine(self._identity, submission, profile, self._gateway.verification, today)
            state = await asyncio.to_thread(self._record, token, submission, examined)
        except LodgekeyError as error:
            return {"screen": "refused", "code": error.code, "lines": [error.detail[:200]]}
        except (Unsealable, KeyError, ValueError, TypeError):
            await asyncio.to_thread(self._set_aside, message)
            return {"screen": "refused", "code": "unreadable"}
        return {"screen": SCREENS[state]}

    def _open(self, report: Happened, message: Received) -> dict[str, Any]:
        sealed = report.body["sealed"]
        if not isinstance(sealed, bytes):
            raise TypeError("sealed bytes expected")
        context = registration_context(message.site, message.device)
        form = cbor2.loads(open_sealed(sealed, self._gateway.intake_key, context=context))
        if not isinstance(form, dict):
            raise TypeError("a form is a map")
        return form

    def _enter(self, token: str, form: dict[str, Any]) -> tuple[Any, Any]:
        now = self._gateway.now()
        agreed = form.get("consents") or {}
        with self._database.writing() as session:
            offer = open_offer(session, token, self._keyring, now)
            usable_offer(session, token, self._keyring, now)
            consents = {purpose: bool(agreed.get(purpose)) for purpose in ("registration", "face")}
            version, language = str(agreed.get("text_version", "")), str(form.get("language", "en"))
            record_consent(session, offer, consents, version[:36], language[:36], now)
            unit = offer.stay.unit
        return load_profiles()[unit.jurisdiction.split("-")[0]], datetime.fromtimestamp(now, ZoneInfo(unit.timezone)).date()

    def _record(self, token: str, submission: Submission, examined: Examined) -> str:
        now = self._gateway.now()
        with self._database.writing() as session:
            offer = usable_offer(session, token, self._keyring, now)
            shown = Shown(examined.verdict, examined.fields, examined.method, examined.model)
            verification = record_verification(session, offer, shown, self._keyring, now)
        if verification.state == "review":
            self._pictures.put(verification.id, submission.document, examined.portrait, submission.face)
        return verification.state

    def _heard(self, report: Happened) -> bool:
        with self._database.reading() as session:
            return session.get(HeardMessage, (report.device, report.seq)) is not None

    def _answer(self, report: Happened, screen: dict[str, Any]) -> None:
        """In one transaction: the registration is known as heard, and its kiosk is owed an answer."""
        now = self._gateway.now()
        name = report.body.get("registration")
        body = screen | ({"registration": name.hex()} if isinstance(name, bytes) else {})
        with self._database.writing() as session:
            if session.get(HeardMessage, (report.device, report.seq)) is None:
                session.add(HeardMessage(device_id=report.device, seq=report.seq, heard_at=now))
            session.get_one(Device, report.device).heard_at = now
            owe(
                session,
                party=f"kiosk:{report.device}",
                lane=lanes.screen(report.device),
                work="show",
                about=report.device,
                now=now,
                expires_at=now + 600,
                body=body,
            )

    def _set_aside(self, message: Received) -> None:
        with self._database.writing() as session:
            set_aside(session, message, "unreadable_registration", self._gateway.now())


def _submission(form: dict[str, Any]) -> Submission:
    typed = form.get("fields") or {}
    document, face = form.get("document"), form.get("face")
    return Submission(
        typed={name: str(typed[name]) for name in TEXT_FIELDS if typed.get(name)},
        document=document if isinstance(document, bytes) else None,
        face=face if isinstance(face, bytes) else None,
        face_consented=bool((form.get("consents") or {}).get("face")),
    )
