"""A gateway with the units of one landlord at one simulated registry, and the people who decide there."""

import asyncio
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.services.tenant.onboarding import OthersForm, record_others
from benchmarks.crowds.travellers import ReadByHeart
from certs.holder import sign_statement
from certs.keys import compressed_point, new_private_key
from gateway.bootstrap import Gateway
from gateway.domain.jurisdiction import profile_for
from gateway.domain.keys.key import Proof
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.journey.stays import landlord
from gateway.journey.tenants import onboarding
from gateway.outbox.deliveries import RetryAt
from gateway.relay.loop import Relay, Sender, Sent
from gateway.relay.registries import LEASED, RegistrySenders, prefetch_registrations
from gateway.settings import Settings
from gateway.store import Account, Delivery, Destination, Device, Landlord, Offer, Stay, Unit
from gateway.supervision import Rounds

AREA: Final = "370100-07"
DAY: Final = 86_400
STAY_DAYS: Final = 4
CLOCK_STEP: Final = 3  # seconds the clock is put on whenever no record can be sent: a registry decides later
SETTLE_SECONDS: Final = 900.0
LOCK_WORK: Final = ("put_key", "drop_key", "set_time", "unlock", "set_codes", "set_list", "put_pin", "drop_pin")


class Reception:
    """Everything but the travellers. `now` is the injected clock; `facts` are those of the simulator."""

    def __init__(self, folder: Path, registry: str, settings: Mapping[str, str], facts: Mapping[str, str]) -> None:
        self.registry, self.facts = registry, facts
        self.began = self.now = int(time.time())
        self.identity = ReadByHeart()
        given = Settings(folder=folder, registries={registry: dict(settings)}, accept_document_without_face=True)
        self.gateway = Gateway(given, lambda: self.now, identity=self.identity)
        self.jurisdiction = facts.get("unit.jurisdiction", "sandbox")
        self.timezone = facts.get("unit.timezone", "Europe/Rome")
        self.profile = profile_for(self.jurisdiction)
        self.phone, self._units, self._signed = new_private_key(), 0, count(1)
        self._lock_key = compressed_point(new_private_key().public_key())
        self.landlord_id, self.staff = self._people()

    @property
    def today(self) -> date:
        """The date at the units."""
        return datetime.fromtimestamp(self.now, ZoneInfo(self.timezone)).date()

    @property
    def window(self) -> Window:
        """The stay of whoever arrives now."""
        return Window(self.now - 60, self.now + STAY_DAYS * DAY)

    def let(self) -> str:
        """A new unit, let from now on; the id of the stay."""
        with self.gateway.database.writing() as session:
            self._units += 1
            unit = self._unit(session, self._units)
            return landlord.offer_key(session, unit, self.window, self.now).stay_id

    def link(self, stay_id: str, *, first: bool = False) -> str:
        """The token of a link for another adult of the stay, or the one that came with the stay."""
        with self.gateway.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            offer: Offer = stay.offers[0] if first else landlord.add_offer(session, stay, self.now)
            return token_of(offer.id, self.gateway.keyring.offer_secret)

    def sign(self, statement: Callable[[Proof], bytes]) -> dict[str, Any]:
        """What a phone sends with a request: the time, a number used once, and its signature over the statement."""
        proof = Proof(self.now, f"crowd-{next(self._signed):012}", b"")
        signature = urlsafe_b64encode(sign_statement(statement(proof), self.phone)).decode().rstrip("=")
        return {"at": proof.at, "nonce": proof.nonce, "signature": signature}

    def consent(self, token: str) -> None:
        """Open the link and agree to everything."""
        with self.gateway.database.writing() as session:
            offer = onboarding.open_offer(session, token, self.gateway.keyring, self.now)
            agreed = {"registration": True, "face": True}
            onboarding.record_consent(session, offer, agreed, "1", "en", self.now)

    def announce(self, token: str, *, group: bool) -> None:
        """The first of a party says that others follow, and whether they are a group, where that is asked."""
        record_others(self.gateway, token, OthersForm(follow=True, group=group))

    def decide(self, case_id: str, decision: str, reason: str = "") -> None:
        """Decide a case as the officer does. Raises InputRefused with the fields that the registry would refuse."""
        with self.gateway.database.writing() as session:
            case = onboarding.get_case(session, case_id, area=AREA)
            onboarding.decide_case(
                session, case, decision, self.staff["officer"].id, reason, self.gateway.keyring, self.now
            )

    @asynccontextmanager
    async def filing(self) -> AsyncIterator[None]:
        """The relay sends records until the block ends."""
        gateway = self.gateway
        await gateway.registry_tables.read()
        registry = RegistrySenders(gateway.database, gateway.vault, gateway.registries, lambda: self.now)
        senders: dict[str, Sender] = dict.fromkeys(self._other_work(), self._never) | registry.table()
        relay = Relay(gateway.database, senders, lambda: self.now, leased=LEASED, prefetch=prefetch_registrations)
        gateway.database.after_commit(relay.wake)
        self._relay, running = relay, asyncio.create_task(relay.run(Rounds()))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def settle(self) -> int:
        """Wait until no record is due, putting the clock on where a registry decides later; those that stay owed."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while self._pending(self.now + DAY // 2):
                self._relay.idle.clear()
                self._relay.wake()
                await self._relay.idle.wait()
                self.now += CLOCK_STEP
        return self._pending(self.now + DAY // 2)

    async def close(self) -> None:
        """Close the database and the connections."""
        for registry in self.gateway.registries.values():
            await registry.close()
        self.gateway.vault.close()
        self.gateway.database.close()

    async def _never(self, _delivery: Delivery) -> Sent:
        """No lock is here: try again when everything is over."""
        return Sent(RetryAt(self.now + 365 * DAY, "no_answer"))

    def _pending(self, due_by: int) -> int:
        """Records that are due, but for those behind one of unknown outcome, which waits for a person."""
        blocked = select(Delivery.lane).where(Delivery.work == "submit", Delivery.state == "unknown")
        with self.gateway.database.reading() as session:
            query = select(func.count()).where(
                Delivery.work == "submit",
                Delivery.state == "owed",
                Delivery.due_at <= due_by,
                Delivery.lane.not_in(blocked),
            )
            return session.scalar(query) or 0

    def _other_work(self) -> tuple[str, ...]:
        return tuple(work for work in self.gateway._senders() if work != "submit")

    def _unit(self, session: Session, number: int) -> Unit:
        unit = Unit(
            landlord_id=self.landlord_id, code=f"DW-{number}", label=f"House {number}", area=AREA,
            address="Harbour Street 1", timezone=self.timezone, jurisdiction=self.jurisdiction,
        )  # fmt: skip
        facts = part_of(self.facts, "unit")
        unit.destinations = [Destination(position=0, registry_name=self.registry, registry_facts=facts)]
        session.add(unit)
        session.flush()
        lock = Device(
            id=f"lock-{number}", site="crowd", kind="lock", unit_id=unit.id, public_key=self._lock_key,
            certificate_serial="1", certificate_expires_at=self.now + 365 * DAY, list_epoch=1, code_epoch=1,
            reported_list_epoch=1, reported_code_epoch=1,
        )  # fmt: skip
        session.add(lock)
        return unit

    def _people(self) -> tuple[str, Mapping[str, Account]]:
        with self.gateway.database.writing() as session:
            owner = Landlord(name="Mira Holm", phone="+390612345678", email="mira@example.org")
            owner.registry_facts = part_of(self.facts, "landlord")
            session.add(owner)
            session.flush()
            officer = Account(role="officer", login="officer", password_hash="", name="Officer", area=AREA)
            letting = Account(role="landlord", login="mira", password_hash="", name="Mira Holm", landlord_id=owner.id)
            session.add_all((officer, letting))
            session.flush()
            return owner.id, {"officer": officer, "landlord": letting}


def part_of(facts: Mapping[str, str], part: str) -> dict[str, Any]:
    """The facts of the unit or the landlord, by path; without the unit's columns."""
    columns = ("unit.jurisdiction", "unit.timezone")
    named = {path: text for path, text in facts.items() if path.startswith(f"{part}.") and path not in columns}
    return {path.removeprefix(f"{part}."): text for path, text in named.items()}
