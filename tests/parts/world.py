"""A gateway's rows in a real SQLite file: one landlord, one unit with a lock, and a settable clock."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from certs.holder import sign_statement
from certs.keys import compressed_point, new_private_key
from devices.reports import Answered, Happened, Report, StateReported
from devices.wire.messages import Bolt, ClockWord, State
from gateway.domain.keys.key import Proof, unlock_statement
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.domain.verification.field_sources import READ, Sources
from gateway.domain.verification.rules import Outcome, Verdict
from gateway.journey.devices.reports import record_report
from gateway.journey.keys.keyring import Keyring
from gateway.journey.retention.job import purge
from gateway.journey.stays import landlord
from gateway.journey.tenants import onboarding
from gateway.journey.tenants.onboarding import Shown
from gateway.relay.lock_commands import OF_A_LOCK
from gateway.store import Account, Command, Delivery, Destination, Device, Event, Key, Landlord, Model, Stay, Unit
from gateway.store.database import Database
from gateway.store.sealing import Vault

NOW: Final = 1_790_000_000
DAY: Final = 86_400
AREA: Final = "370100-07"
LOCK: Final = "lock-1"
FIELDS: Final = {
    "surname": "Voorbeeld",
    "given_names": "Anna",
    "id_number": "XR1001R58",
    "issuing_state": "NLD",
    "birth_date": "1985-03-03",
    "nationality": "NLD",
    "sex": "F",
    "document_kind": "passport",
}


def as_read(fields: Mapping[str, str]) -> Sources:
    """The fields as read from a document."""
    return {name: {READ: text} for name, text in fields.items()}


def report_to(unit: Unit, *names: str, facts: Mapping[str, str] | None = None) -> None:
    """The unit reports to these registries, in this order; `facts` are what each requires of it."""
    unit.destinations = [
        Destination(position=position, registry_name=name, registry_facts=dict(facts or {}))
        for position, name in enumerate(names)
    ]


def let_unit(session: Session, name: str, *, owner_name: str = "Landlord", **columns: str) -> Unit:
    """A new landlord's unit DW-`name`; `columns` replace those of a unit in Rome that reports to the sandbox."""
    owner = Landlord(name=owner_name, phone="+39 06 1234", email=None)
    session.add(owner)
    session.flush()
    place = {"label": f"Room {name}", "address": f"Street {name}", "area": AREA, "timezone": "Europe/Rome"}
    unit = Unit(landlord_id=owner.id, code=f"DW-{name}", **place | {"jurisdiction": "sandbox"} | columns)
    report_to(unit, "sandbox")
    session.add(unit)
    session.flush()
    return unit


@dataclass
class World:
    """Rows, secrets and the time of one gateway."""

    folder: Path
    database: Database
    keyring: Keyring
    now: int = NOW
    landlord_id: str = ""
    unit_id: str = ""
    officer_id: str = ""
    phone: EllipticCurvePrivateKey = field(default_factory=new_private_key)
    seq: int = 0

    @classmethod
    def build(cls, folder: Path, url: str = "") -> "World":
        """A migrated database (by default SQLite in the folder) with a landlord, an officer, a unit and its lock."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(url or f"sqlite:///{folder / 'lodgekey.sqlite'}")
        database.migrate()
        keyring = Keyring(Vault(folder / "vault"), new_private_key(), bytes(32), new_private_key())
        world = cls(folder, database, keyring)
        world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
        with database.writing() as session:
            officer = Account(role="officer", login="officer", password_hash="", name="Officer", area=AREA)
            session.add(officer)
            session.flush()
            world.officer_id = officer.id
        return world

    def copied_to(self, folder: Path) -> "World":
        """The same rows and secrets in another folder; this world must be closed."""
        shutil.copytree(self.folder, folder)
        database = Database(f"sqlite:///{folder / 'lodgekey.sqlite'}")
        keyring = replace(self.keyring, vault=Vault(folder / "vault"))
        return replace(self, folder=folder, database=database, keyring=keyring)

    def close(self) -> None:
        """Close the database and its files."""
        self.database.close()
        self.keyring.vault.close()

    def clock(self) -> int:
        """UTC seconds."""
        return self.now

    def add_unit(self, room: str, lock_id: str | None, *, jurisdiction: str = "sandbox") -> tuple[str, str]:
        """Another landlord's unit, with a lock of this id: (landlord, unit)."""
        with self.database.writing() as session:
            address = f"Harbour Street {room}"
            unit = let_unit(session, room, owner_name=f"Landlord of {room}", address=address, jurisdiction=jurisdiction)
            if lock_id:
                session.add(device(lock_id, unit.id))
            return unit.landlord_id, unit.id

    def window(self, begins: int = -60, days: int = 3) -> Window:
        """A window relative to now."""
        return Window(self.now + begins, self.now + begins + days * DAY)

    def offer(self, window: Window | None = None, unit_id: str = "") -> str:
        """Step 1: the token of a new offer."""
        with self.database.writing() as session:
            unit = session.get_one(Unit, unit_id or self.unit_id)
            offer = landlord.offer_key(session, unit, window or self.window(), self.now)
            return token_of(offer.id, self.keyring.offer_secret)

    def consent(self, token: str, *, registration: bool = True, face: bool = False) -> None:
        """Step 2: open the offer and consent."""
        with self.database.writing() as session:
            offer = onboarding.open_offer(session, token, self.keyring, self.now)
            onboarding.record_consent(session, offer, {"registration": registration, "face": face}, "1", "en", self.now)

    def show(
        self,
        token: str,
        outcome: Outcome = "passed",
        *,
        reasons: tuple[str, ...] = (),
        fields: Mapping[str, str] = FIELDS,
        at_kiosk: bool = False,
    ) -> str:
        """Step 3: submit a verification; returns its id."""
        with self.database.writing() as session:
            offer = onboarding.usable_offer(session, token, self.keyring, self.now)
            holder = None if at_kiosk else self.phone.public_key()
            shown = Shown(Verdict(outcome, reasons), as_read(fields), "document", None, holder)
            return onboarding.record_verification(session, offer, shown, self.keyring, self.now).id

    def decide(self, case_id: str, decision: str, reason: str = "") -> None:
        """Step 3: decision by a person."""
        with self.database.writing() as session:
            case = onboarding.get_case(session, case_id, area=AREA)
            onboarding.decide_case(session, case, decision, self.officer_id, reason, self.keyring, self.now)

    def tenant(self, window: Window | None = None, fields: Mapping[str, str] = FIELDS) -> Key:
        """Steps 1 to 4: the key of an accepted tenant."""
        token = self.offer(window)
        self.consent(token)
        self.show(token, fields=fields)
        with self.database.reading() as session:
            offer = onboarding.get_offer(session, token, self.keyring, self.now)
            return onboarding.keys_of(session, offer)[-1]

    def say(self, *reports: Report) -> None:
        """Deliver a report of a device."""
        with self.database.writing() as session:
            for report in reports:
                record_report(session, report, self.now, None)

    def purge(self) -> int:
        """Run the retention job until nothing is due; returns the number of rows changed."""
        changed = 0
        while True:
            with self.database.writing() as session:
                done = purge(session, self.now)
            changed += done
            if not done:
                return changed

    def number(self) -> int:
        """The lock's next sequence number."""
        self.seq += 1
        return self.seq

    def happened(self, type_: str, **body: object) -> Happened:
        """An event of the lock."""
        return Happened(LOCK, self.number(), self.now, type_, body)

    def put(self, key: Key) -> None:
        """The lock confirms that it holds the key."""
        self.say(self.happened("key_put", key=bytes.fromhex(key.id)))

    def state(
        self, *keys: str, nonce: bytes = b"n" * 16, clock: ClockWord = "set", bolt: Bolt = "locked", seq: int = 0
    ) -> StateReported:
        """A state report of the lock."""
        held = tuple(bytes.fromhex(key) for key in keys)
        number = seq or self.number()
        return StateReported(LOCK, State(number, self.now, bolt, "closed", 80, held, clock, nonce, 1, "sim"))

    def sent(self, work: str, command_id: str) -> None:
        """The relay has sent the first pending delivery of this work as this command."""
        with self.database.writing() as session:
            row = session.scalars(select(Delivery).where(Delivery.work == work, Delivery.state == "owed")).first()
            assert row is not None
            row.command_id = command_id
            key = None if work in OF_A_LOCK else row.about
            fields = {"device_id": LOCK, "key_id": key, "type": work, "issued_at": self.now}
            session.add(Command(id=command_id, expires_at=self.now + 3600, **fields))

    def answered(self, command_id: str, outcome: str = "done", code: str | None = None, **body: object) -> Answered:
        """The lock's answer to a command."""
        return Answered(LOCK, bytes.fromhex(command_id), self.number(), self.now, outcome, code, body)

    def proof(self, key_id: str, nonce: str, *, by: EllipticCurvePrivateKey | None = None, at: int = 0) -> Proof:
        """The holder's signature on an unlock."""
        bare = Proof(at or self.now, nonce, b"")
        return Proof(bare.at, nonce, sign_statement(unlock_statement(key_id, bare), by or self.phone))

    def issued(self) -> Sequence[Key]:
        """Every key, oldest first."""
        with self.database.reading() as session:
            return session.scalars(select(Key).order_by(Key.created_at, Key.id)).all()

    def key(self, key_id: str) -> Key:
        """The key's current row."""
        with self.database.reading() as session:
            return session.get_one(Key, key_id)

    def stay(self) -> Stay:
        """The newest stay's current row."""
        with self.database.reading() as session:
            return session.scalars(select(Stay).order_by(Stay.created_at.desc(), Stay.id)).first() or Stay()

    def device(self) -> Device:
        """The lock's current row."""
        with self.database.reading() as session:
            return session.get_one(Device, LOCK)

    def pending(self) -> list[str]:
        """Work of the pending deliveries, in order."""
        with self.database.reading() as session:
            rows = session.scalars(select(Delivery).where(Delivery.state == "owed").order_by(Delivery.id))
            return [row.work for row in rows]

    def events(self) -> list[str]:
        """Every event's type, in order."""
        with self.database.reading() as session:
            return list(session.scalars(select(Event.type).order_by(Event.id)))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables."""
        with self.database.reading() as session:
            tables = Model.metadata.sorted_tables
            return {
                table.name: sorted((tuple(row) for row in session.execute(table.select())), key=repr)
                for table in tables
            }


def device(name: str, unit_id: str | None, kind: str = "lock") -> Device:
    """A device's row with a new public key; the lock has confirmed the first revocation list."""
    return Device(
        list_epoch=1,
        code_epoch=1,
        reported_list_epoch=1,
        reported_code_epoch=1,
        id=name,
        site="house-1",
        kind=kind,
        unit_id=unit_id,
        public_key=compressed_point(new_private_key().public_key()),
        certificate_serial="1",
        certificate_expires_at=NOW + 90 * DAY,
    )


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The SELECT statements on the database meanwhile."""
    statements: list[str] = []

    def note(*call: Any) -> None:
        if call[2].startswith("SELECT"):
            statements.append(call[2])

    with database.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
