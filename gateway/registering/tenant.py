"""Register one tenant, from the web or a kiosk: examine the submission, then record the result."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy.orm import Session

from gateway.domain.errors import ConsentMissing, InputRefused
from gateway.domain.filings.choices import is_choice
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.refusal import FieldsRefused, refused_names, whole_refusal
from gateway.domain.jurisdiction import Profile, profile_for
from gateway.domain.verification.chip import ChipContents
from gateway.domain.verification.field_sources import conclude, gather, kept_here
from gateway.domain.verification.liveness import Level
from gateway.domain.verification.port import DocumentReading, Identity
from gateway.domain.verification.rules import VerificationSettings
from gateway.domain.verification.typed_fields import with_kind
from gateway.identity.examination import Examined, Submission, examine, refuse_typed
from gateway.identity.images.case_pictures import PictureTray
from gateway.journey.filings.arrival_rules import given_problems
from gateway.journey.filings.destinations import asked_at, registries_of
from gateway.journey.filings.portraits import keep_portrait
from gateway.journey.keys.keyring import Keyring
from gateway.journey.stays.shared_facts import inviters_facts, with_shared
from gateway.journey.tenants.onboarding import Shown, consent_to, record_verification, refuse_repeat, usable_offer
from gateway.registries.code_choices import coded
from gateway.store import Person, Unit, Verification
from gateway.store.database import Database
from gateway.store.model import new_id
from gateway.texts.errors import TOO_LONG
from gateway.texts.marks import N_

log = logging.getLogger(__name__)

MAX_FACT_LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class RegistrationContext:
    """The registry's rules, the unit's local dates (now, of arrival) and liveness level, the consents, the facts.

    Facts that the registry takes as codes of a table are codes here. `refused`: what is wrong with facts.
    """

    profile: Profile
    today: date
    arrival: date
    face_consented: bool
    guardian_present: bool
    level: Level
    facts: Mapping[str, str]
    refused: tuple[InputRefused, ...] = ()


class TenantRegistration:
    """Steps 3 and 4. No transaction is open during image examination; a refused submission is not stored."""

    def __init__(
        self,
        database: Database,
        identity: Identity,
        keyring: Keyring,
        pictures: PictureTray,
        settings: VerificationSettings,
        now: Callable[[], int],
        read_chip: Callable[[ChipContents], DocumentReading],
        face_filings: Mapping[str, str] | None = None,
    ) -> None:
        self._database, self._identity, self._keyring = database, identity, keyring
        self._pictures, self._settings, self._now = pictures, settings, now
        self._read_chip, self._face_filings = read_chip, face_filings or {}

    async def register(self, token: str, submission: Submission, holder: EllipticCurvePublicKey | None) -> Verification:
        """Examine and record one tenant's submission. Raises the errors of the steps and of examine, or Busy."""
        context = await asyncio.to_thread(self._ask, token, submission)
        face, guardian = context.face_consented, context.guardian_present
        allowed = replace(submission, face_consented=face, guardian_present=guardian, facts=context.facts)
        if not face:
            allowed = replace(allowed, face=None, clip=(), challenge=None)
        rules = replace(self._settings, level=context.level)
        examined = await self._examine(token, allowed, context, rules)
        verification = await asyncio.to_thread(self._record, token, examined, holder)
        if verification.state == "review":
            self._pictures.put(verification.id, allowed.document, examined.portrait, allowed.face)
        return verification

    async def _examine(
        self, token: str, submission: Submission, context: RegistrationContext, rules: VerificationSettings
    ) -> Examined:
        """Examine the submission. Raises one refusal with all that is wrong, so that it is put right at once."""
        refused, born_by = list(context.refused), min(context.today, context.arrival)
        try:
            if not refused:
                return await examine(
                    self._identity, submission, context.profile, rules, context.today, self._read_chip, context.arrival
                )
            typed = with_kind(submission.typed, context.profile)
            refuse_typed(replace(submission, typed=typed), context.profile, born_by)
        except InputRefused as error:
            refused.insert(0, error)
        raise await asyncio.to_thread(self._whole_refusal, token, submission, refused)

    def _whole_refusal(self, token: str, submission: Submission, refused: Sequence[InputRefused]) -> InputRefused:
        """The refusal with every field these name, and those that a registry would refuse of what was given."""
        wrong = refused_names(refused)
        typed, facts = (
            {name: text for name, text in given.items() if name not in wrong}
            for given in (submission.typed, submission.facts)
        )
        fields = conclude(gather(None, typed, facts))
        with self._database.reading() as session, session.no_autoflush:
            now = self._now()
            stay = usable_offer(session, token, self._keyring, now).stay
            person = Person(id=new_id(), stay_id=stay.id, created_at=now)
            return whole_refusal(refused, given_problems(session, stay, person, fields, self._keyring, now))

    def _ask(self, token: str, submission: Submission) -> RegistrationContext:
        """Load the tenant's registration context; refuses before any examination."""
        now = self._now()
        with self._database.reading() as session:
            offer = usable_offer(session, token, self._keyring, now)
            if consent_to(session, offer, "registration") is None:
                raise ConsentMissing(N_("Consent to the registration first: without it no key can be issued."))
            refuse_repeat(session, offer)
            unit = offer.stay.unit
            today, arrival = local_date(unit, now), local_date(unit, offer.stay.from_at)
            refuse_unasked(submission.facts, asked_at(unit).of_tenant)
            facts, refused = known_choices(registries_of(unit), submission.facts, today)
            if submission.shares:
                inviters = inviters_facts(session, offer, self._keyring)
                asked = {path: text for path, text in inviters.items() if path in asked_at(unit).of_tenant}
                facts = with_shared(facts, asked, submission.shares)
            face, guardian = (consent_to(session, offer, purpose) is not None for purpose in ("face", "guardian"))
            level = cast("Level", unit.liveness_level)
            profile = profile_for(unit.jurisdiction)
            return RegistrationContext(profile, today, arrival, face, guardian, level, facts, refused)

    def _record(self, token: str, examined: Examined, holder: EllipticCurvePublicKey | None) -> Verification:
        now = self._now()
        with self._database.writing() as session:
            offer = usable_offer(session, token, self._keyring, now)
            sources = kept_here(examined.sources, asked_at(offer.stay.unit).of_tenant)
            shown = Shown(examined.verdict, sources, examined.method, examined.model, holder)
            verification = record_verification(session, offer, shown, self._keyring, now)
            self._keep_portrait(session, verification, examined.portrait, now)
            return verification

    def _keep_portrait(self, session: Session, verification: Verification, portrait: bytes | None, now: int) -> None:
        """Keep the portrait if the registry requires it; if it may not be stored, log it and continue without."""
        profile = profile_for(verification.offer.stay.unit.jurisdiction)
        if not profile.keep_portrait or portrait is None or verification.person_id is None:
            return
        filing = self._face_filings.get(profile.code)
        if not keep_portrait(session, verification.person_id, portrait, profile, filing, self._keyring, now):
            log.error("no more faces may be stored under the rules of %s until the filing is made", profile.code)


def refuse_unasked(facts: Mapping[str, str], wanted: Collection[str]) -> None:
    """Raise InputRefused for a fact the registries do not ask for."""
    for path in facts:
        if path not in wanted:
            raise InputRefused(N_("This answer was not requested. Reload the page."), field=path)


def known_choices(
    registries: Sequence[str], facts: Mapping[str, str], today: date
) -> tuple[Mapping[str, str], tuple[InputRefused, ...]]:
    """The facts with the names of a table's entries as codes, and the refusals of those too long or no choice."""
    refused: list[InputRefused] = []
    long = [path for path, text in facts.items() if len(text) > MAX_FACT_LENGTH]
    try:
        facts = coded(registries, facts, today)
    except InputRefused as error:
        refused.append(error)
    unknown, many = N_("Choose one of the answers offered."), {"most": MAX_FACT_LENGTH}
    wrong = {path: FieldProblem(path, "too_long", TOO_LONG, many) for path in long} | {
        path: FieldProblem(path, "unknown_code", unknown)
        for path, text in facts.items()
        if not is_choice(path, text, today)
    }
    if wrong:
        refused.append(FieldsRefused([*wrong.items()]))
    return facts, tuple(refused)


def local_date(unit: Unit, now: int) -> date:
    """The date in the unit's time zone."""
    return datetime.fromtimestamp(now, ZoneInfo(unit.timezone)).date()
