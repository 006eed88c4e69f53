"""Sealed kiosk messages: open, examine, record, answer on the kiosk's screen, then acknowledge."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy.orm import Session

from certs.errors import BadKey, Unsealable
from certs.keys import public_from_point
from certs.sealing import answer_context, open_sealed, question_context, registration_context, seal, turns_context
from devices.link import Received
from devices.reports import Happened
from devices.wire.errors import BadMessage
from devices.wire.kiosk.offer_question import decode_question, encode_summary
from devices.wire.kiosk.registration import KioskRegistration, decode_registration
from gateway.domain.errors import LodgekeyError, OfferUnknown
from gateway.domain.filings.refusal import FieldsRefused, reason_sentence
from gateway.domain.verification.as_typed import as_typed
from gateway.domain.verification.chip import ChipContents
from gateway.domain.verification.consent import PURPOSES
from gateway.domain.verification.port import ImageRefused
from gateway.identity.challenges import ChallengeBook
from gateway.identity.examination import Submission, picture_refused
from gateway.intake.batches import set_aside
from gateway.intake.until_available import Sleep, until_available
from gateway.journey.filings.destinations import asked_at
from gateway.journey.filings.parties import expect_others
from gateway.journey.keys.keyring import Keyring
from gateway.journey.tenants.kiosk_offers import CODE_OF, MAX_CODE_LENGTH, offer_summary, token_shown_at
from gateway.journey.tenants.onboarding import open_offer, record_consent, usable_offer
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.registering.attempts import AttemptLimiter
from gateway.registering.tenant import TenantRegistration
from gateway.store import Device, Offer, ReceivedMessage
from gateway.store.database import Database
from gateway.texts.families import message_text
from gateway.texts.identity import REASON
from gateway.texts.languages import SOURCE

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
MAX_LINES: Final = 12  # what a "show" command holds
QUESTIONS_AT_ONCE: Final = 8  # these are quick and must not wait behind image examination
UNREADABLE: Final = {"screen": "refused", "code": "unreadable"}
SCREENS: Final = {"passed": "registered", "review": "person_decides", "refused": "refused"}


P = ParamSpec("P")
T = TypeVar("T")


class KioskInbox:
    """Handles sealed registrations, two at a time, and questions.

    While the database takes nothing, each step is tried again and nothing is acknowledged; a message that fails by
    itself is set aside.
    """

    def __init__(
        self,
        database: Database,
        tenant_registration: TenantRegistration,
        keyring: Keyring,
        intake_key: EllipticCurvePrivateKey,
        now: Callable[[], int],
        challenges: ChallengeBook,
        attempts: AttemptLimiter,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database, self._tenant_registration, self._keyring = database, tenant_registration, keyring
        self._challenges = challenges
        self._intake_key, self._now = intake_key, now
        self._room, self._counter = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._attempts, self._sleep = attempts, sleep
        self._newest: dict[tuple[str, int], Received] = {}  # of the events under way: a reconnect sends them again
        self._tasks: set[asyncio.Task[None]] = set()
        self._questions = {"turns_wanted": self._issue_challenge, "offer_shown": self._summarise_offer}

    def take(self, report: Happened, message: Received) -> None:
        """Start handling one kiosk event, unless it is under way; returns at once."""
        known = (report.device, report.seq) in self._newest
        self._newest[report.device, report.seq] = message
        if known:
            return
        task = asyncio.create_task(self._take(report, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Cancel the work under way; it was not acknowledged, so the broker sends it again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, report: Happened, message: Received) -> None:
        async with self._room if report.type == "registration" else self._counter:
            try:
                screen = await self._register(report, message)
                await self._steadily(self._answer, report, screen)
            except Exception as error:  # noqa: BLE001 - a message that fails by itself must not come again for ever
                log.error("a kiosk message could not be recorded: %s", type(error).__name__)
                await self._steadily(self._give_up, report, message)
            self._newest.pop((report.device, report.seq), message).ack()

    async def _steadily(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one step in a thread, again while the database takes nothing; it commits at its end, if at all."""
        return await until_available(partial(asyncio.to_thread, step, *args, **kwargs), self._sleep)

    async def _register(self, report: Happened, message: Received) -> dict[str, Any]:
        """The screen to show at the kiosk."""
        if await self._steadily(self._is_received, report):
            return {"screen": "received"}
        language: str = SOURCE
        try:
            if question := self._questions.get(report.type):
                return await self._steadily(question, report, message)
            form = self._open(report, message)
            language = form.language
            form = replace(form, offer_token=await self._steadily(self._token, form.offer_token, message))
            await self._steadily(self._enter, form)
            submission = await self._steadily(self._submission, form)
            holder = public_from_point(form.holder_key) if form.holder_key else None
            register = partial(self._tenant_registration.register, form.offer_token, submission, holder)
            verification = await until_available(register, self._sleep)
        except LodgekeyError as error:
            return {"screen": "refused", "code": code_of(error), **lines_of(error, language)}
        except (Unsealable, BadMessage, BadKey):
            await self._steadily(self._set_aside, message)
            return dict(UNREADABLE)
        screen: dict[str, Any] = {"screen": SCREENS[verification.state]}
        if verification.state == "passed" and form.holder_key is None:
            screen[CODE_OF] = await self._steadily(self._stay_id, verification.offer_id)
        if verification.state == "refused":
            screen["code"] = verification.reasons[0]
        return screen

    def _open(self, report: Happened, message: Received) -> KioskRegistration:
        """The form inside the seal, which is bound to the sending kiosk."""
        context = registration_context(message.site, message.device)
        return decode_registration(open_sealed(sealed_in(report), self._intake_key, context=context))

    def _issue_challenge(self, report: Happened, message: Received) -> dict[str, Any]:
        """Issue the liveness challenge to be filmed by the kiosk's camera."""
        context = turns_context(message.site, message.device)
        try:
            shown = open_sealed(sealed_in(report), self._intake_key, context=context).decode()
        except UnicodeDecodeError:
            raise BadMessage("a token must be UTF-8 text") from None
        challenge = self._challenges.issue(self._offer_id(self._token(shown, message)))
        return {"screen": "turn", "challenge": challenge.nonce, "turns": list(challenge.turns)}

    def _summarise_offer(self, report: Happened, message: Received) -> dict[str, Any]:
        """A summary of the offer, shown before anything is scanned, sealed to the key of the requesting visit."""
        context = question_context(message.site, message.device)
        question = decode_question(open_sealed(sealed_in(report), self._intake_key, context=context))
        reply_key, token = public_from_point(question.reply_key), self._token(question.offer_token, message)
        with self._database.reading() as session:
            summary = encode_summary(offer_summary(session, token, self._keyring, self._now()))
        sealed = seal(summary, reply_key, context=answer_context(message.site, message.device))
        return {"screen": "offer", "sealed": sealed.hex()}

    def _submission(self, form: KioskRegistration) -> Submission:
        """The submission made at the kiosk. Raises InputRefused for a clip that answers no challenge.

        The challenge is used up last, so that a step that is tried again still has it.
        """
        facts, challenge = self._asked(form), None
        if form.clip:
            try:
                challenge = self._challenges.take(self._offer_id(form.offer_token), form.nonce or "")
            except ImageRefused as refused:
                raise picture_refused(refused.code, refused.part) from None
        return Submission(
            typed=as_typed(form.typed),
            facts=facts,
            document=form.document,
            face=form.face,
            clip=tuple(form.clip or ()),
            challenge=challenge,
            camera="kiosk",
            chip=ChipContents(form.chip[0], {1: form.chip[1], 2: form.chip[2]}) if form.chip else None,
        )

    def _asked(self, form: KioskRegistration) -> dict[str, str]:
        """The facts this unit's registry requires: a kiosk without a network may have collected more."""
        with self._database.reading() as session:
            offer = usable_offer(session, form.offer_token, self._keyring, self._now())
            asked = asked_at(offer.stay.unit).of_tenant
        return {path: text for path, text in as_typed(form.facts or {}).items() if path in asked}

    def _offer_id(self, token: str) -> str:
        with self._database.reading() as session:
            return usable_offer(session, token, self._keyring, self._now()).id

    def _token(self, shown: str, message: Received) -> str:
        """The offer's token, resolved from a typed code if needed.

        Raises OfferUnknown or TooManyAttempts (per kiosk).
        """
        if len(shown) > MAX_CODE_LENGTH:
            return shown
        self._attempts.check("wrong_kiosk_code", message.device)
        try:
            with self._database.reading() as session:
                token = token_shown_at(session, message.site, shown, self._keyring, self._now())
        except OfferUnknown:
            self._attempts.hit("wrong_kiosk_code", message.device)
            raise
        return token

    def _enter(self, form: KioskRegistration) -> None:
        """Step 2 at the kiosk: open the offer and record the consents given there."""
        now, agreed = self._now(), form.consents
        with self._database.writing() as session:
            offer = open_offer(session, form.offer_token, self._keyring, now)
            if form.others is not None:
                expect_others(offer.stay, form.others, group=form.group is True)
            consents = {purpose: agreed.get(purpose) is True for purpose in PURPOSES}
            record_consent(session, offer, consents, agreed["text_version"][:36], form.language, now)

    def _stay_id(self, offer_id: str) -> str:
        """The stay whose keypad code is shown to a tenant without a phone."""
        with self._database.reading() as session:
            return session.get_one(Offer, offer_id).stay_id

    def _is_received(self, report: Happened) -> bool:
        with self._database.reading() as session:
            return session.get(ReceivedMessage, (report.device, report.seq)) is not None

    def _answer(self, report: Happened, screen: dict[str, Any]) -> None:
        """In one transaction: record the message as received and queue the answer to its kiosk."""
        with self._database.writing() as session:
            self._record_screen(session, report, screen)

    def _record_screen(self, session: Session, report: Happened, screen: Mapping[str, Any]) -> None:
        now = self._now()
        name = report.body.get("registration")
        body = {**screen, **({"registration": name.hex()} if isinstance(name, bytes) else {})}
        if session.get(ReceivedMessage, (report.device, report.seq)) is None:
            session.add(ReceivedMessage(device_id=report.device, seq=report.seq, received_at=now))
        session.get_one(Device, report.device).last_seen_at = now
        enqueue(
            session,
            party=f"kiosk:{report.device}",
            lane=lanes.screen(report.device),
            work="show",
            about=report.device,
            now=now,
            expires_at=now + 600,
            body=body,
        )

    def _give_up(self, report: Happened, message: Received) -> None:
        """In one transaction: set the message aside and tell its kiosk, if that is still there."""
        with self._database.writing() as session:
            set_aside(session, message, "cannot_be_recorded", self._now())
            if session.get(Device, report.device) is not None:
                self._record_screen(session, report, UNREADABLE)

    def _set_aside(self, message: Received) -> None:
        with self._database.writing() as session:
            set_aside(session, message, "unreadable_registration", self._now())


def lines_of(error: LodgekeyError, language: str) -> dict[str, list[str]]:
    """What the kiosk shows of a refusal, in the tenant's language: each wrong field or picture, and its name.

    A refusal that names none has one sentence of its own.
    """
    if isinstance(error, FieldsRefused):
        shown = [(one["field"], one["sentence"]) for one in error.shown(language)]
    else:
        shown = [(one["field"], reason_sentence(language, one["field"], one["code"])) for one in _coded(error)]
    if not shown:
        return {"lines": [message_text(language, error.message, error.values, error.code)[:200]]}
    names, sentences = zip(*shown[:MAX_LINES], strict=True)
    return {"lines": [sentence[:200] for sentence in sentences], "fields": [name[:60] for name in names]}


def _coded(error: LodgekeyError) -> list[dict[str, str]]:
    """The fields that an error names with codes of reasons."""
    fields = error.extra.get("fields")
    return [one for one in fields if one.get("code") in REASON] if isinstance(fields, list) else []


def code_of(error: LodgekeyError) -> str:
    """The code the kiosk's page has a text for: that of the first refused field, else the error's."""
    first = next((one["code"] for one in _coded(error)), None)
    return first or error.code


def sealed_in(report: Happened) -> bytes:
    """The sealed bytes of a kiosk event. Raises BadMessage where they are not bytes."""
    sealed = report.body["sealed"]
    if not isinstance(sealed, bytes):
        raise BadMessage("the sealed field must be bytes")
    return sealed
