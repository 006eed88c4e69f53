"""Builds one gateway from its settings and starts and stops its parts in order."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Self

from sqlalchemy import func, select

from certs.authority.ca import Authority
from certs.authority.generations import key_at
from certs.files import secret_at
from devices.driver import Driver
from devices.drivers.native import NativeDriver
from devices.link import Link
from devices.links.ble import BleRadio
from devices.links.mqtt import MqttLink
from gateway.broker.access import BrokerAccess
from gateway.broker.revocation import Revocation
from gateway.broker.watch import BrokerWatch
from gateway.clock import TrustedClock, hears, is_believed, is_disputed
from gateway.disclosure import DisclosureLog
from gateway.domain.filings.record import FieldProblem, Registration, Registry
from gateway.domain.verification.port import Identity
from gateway.domain.verification.rules import VerificationSettings
from gateway.feed.stream import Feed
from gateway.fleet.enrolment import StoredRevocations
from gateway.fleet.roll_outs import RollOuts
from gateway.fleet.rotation import AuthorityRotation
from gateway.identity.challenges import ChallengeBook
from gateway.identity.chips.country_certificates import TrustedCountries, load_countries
from gateway.identity.images.case_pictures import PictureTray
from gateway.identity.settings import DEFAULT_THRESHOLDS, IdentitySettings
from gateway.identity.workers.pool import IdentityPool
from gateway.intake.awaited_answers import AwaitedAnswers
from gateway.intake.batches import Intake
from gateway.intake.device_lookup import DeviceLookup
from gateway.integrations.openid import SingleSignOn
from gateway.integrations.vendor_locks import VendorLocks, get_radio, open_home_assistant, with_radio
from gateway.journey.accounts.sessions import SessionUse
from gateway.journey.devices.reachability import ask_unseen, forget_reachability
from gateway.journey.disclosure.consumers import enqueue_webhooks
from gateway.journey.keys.keyring import Keyring
from gateway.operations.backup.ended import EndedList
from gateway.operations.clock_state import follow_clock, open_clock
from gateway.operations.housekeeping import Housekeeping
from gateway.operations.installation import Installation, open_database
from gateway.operations.operator_alerts import OperatorAlerts
from gateway.operations.operator_senders import operator_mail, operator_webhook
from gateway.operations.registry_tables import RegistryTables
from gateway.operations.repeated_answers import RepeatedAnswers
from gateway.registering.attempts import AttemptLimiter
from gateway.registering.kiosk import KioskInbox
from gateway.registering.tenant import TenantRegistration
from gateway.registries import open_registry
from gateway.relay.alerts import AlertSenders
from gateway.relay.certificates import CertificateSenders
from gateway.relay.external_commands import ExternalCommandSenders
from gateway.relay.firmware.sending import FirmwareSenders
from gateway.relay.lock_commands import CONFIRMED_WORK
from gateway.relay.locks import LockSenders
from gateway.relay.loop import Relay, Sender
from gateway.relay.mails.account import AccountMailSender
from gateway.relay.mails.tenant import TenantAlertSender
from gateway.relay.pin_slots import SlotSenders
from gateway.relay.reconciling import Reconciliation
from gateway.relay.registries import LEASED, RegistrySenders, prefetch_registrations
from gateway.relay.screens import ScreenSenders
from gateway.relay.webhooks import WebhookSenders
from gateway.settings import Settings
from gateway.store import Event
from gateway.store.sealing import Vault
from gateway.supervision import NOTE, Loop, Supervisor
from gateway.texts.alerts import LOOP

log = logging.getLogger(__name__)

LATE_AFTER: Final = 60.0  # seconds a batch, a poll or a publication may take
HOUSEKEEPING_LATE_AFTER: Final = 600.0  # a round may have a whole day's rows to delete


def identity_settings(settings: Settings) -> IdentitySettings:
    """The settings of the identity workers: configured values over the defaults of each engine."""
    thresholds = {**DEFAULT_THRESHOLDS, **settings.face_thresholds}
    workers, timeout = settings.identity_workers, settings.identity_timeout
    return IdentitySettings(settings.identity_engine, workers, timeout=timeout, thresholds=thresholds)


class Gateway:
    """All parts of one gateway process. `async with Gateway(settings)` starts and stops them."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], int] | None = None,
        *,
        identity: Identity | None = None,
        radio: BleRadio | None = None,
    ) -> None:
        self.database, folder = open_database(settings), settings.folder
        self.settings, self.now = settings, now or open_clock(settings)
        now = self.now
        self.rotation = AuthorityRotation(Authority.open(folder / "certs", now), self.database, self._renew_own, now)
        self.vault = Vault(folder / "vault")
        self.keyring = self._open_keyring()
        self.identity: Identity = identity or IdentityPool(identity_settings(settings), now)
        self.pictures = PictureTray(now)
        self.challenges = ChallengeBook(self.database, now)
        rules = VerificationSettings(
            accept_face_without_liveness=settings.accept_face_without_liveness,
            accept_document_without_face=settings.accept_document_without_face,
        )
        self.countries = TrustedCountries(load_countries(settings.country_certificates), now)
        self.tenant_registration = TenantRegistration(
            self.database,
            self.identity,
            self.keyring,
            self.pictures,
            rules,
            now,
            self.countries.read_chip,
            settings.face_filings,
        )
        self.session_use = SessionUse(settings.idle_seconds)
        self.awaited_answers, self.attempts = AwaitedAnswers(), AttemptLimiter(settings.unlocks_per_minute)
        self.feed = Feed(self.database, self.keyring, now, source=f"urn:lodgekey:{settings.gateway_name}")
        provider = settings.single_sign_on
        self.single_sign_on = SingleSignOn(provider, settings.address, now) if provider else None
        self.disclosures = DisclosureLog(self.database, key_at(folder / "certs" / "log.key"), now)
        self.registries: Mapping[str, Registry] = {
            name: open_registry(name, given, now) for name, given in settings.registries.items()
        }
        self.registry_tables = RegistryTables(folder, self.registries)
        self._open_device_links(radio)
        self._set_up_loops()
        self._supervise()

    def _supervise(self) -> None:
        """Create what watches the loops."""
        self.supervisor = Supervisor()
        self.operator_alerts = OperatorAlerts(self.troubles, operator_mail(self.settings))
        post = operator_webhook(self.settings, self.now)
        self.operator_posts = OperatorAlerts(self.troubles, post) if post else None
        self.installation.note()
        self.ended.watch()

    def _open_device_links(self, radio: BleRadio | None) -> None:
        """Create the broker, the links, and the drivers that use them."""
        settings, now, folder = self.settings, self.now, self.settings.folder
        stored = StoredRevocations(self.database, now)
        access = BrokerAccess(settings, self.rotation.present, stored.all)
        self.broker = access.embedded()
        self._broker_files = self.broker or access.folder()
        self._broker_access, address = access, access.address()
        present = self.rotation.present
        place = (address.host, address.port)
        self.revocation = Revocation(stored.all, present, self._broker_files, place, stored.note, fresh=stored.fresh)
        self._mqtt = MqttLink(address)
        self.broker_watch = BrokerWatch(
            self._mqtt, self.broker, lose=self._forget_reachability, ask=self._ask_unseen_locks
        )
        self.radio = radio or get_radio(settings.bluetooth)
        self.link: Link = with_radio(self._mqtt, self.radio)
        self.doors = self.database.urgent_lane()
        self.device_lookup = DeviceLookup(self.doors)
        self.vendor_locks = VendorLocks.open(settings.gateway_name, settings.home_broker, self.radio, folder, now)
        self.drivers: Mapping[str, Driver] = {
            "native": NativeDriver(self.link, self.authority.command_key, self.device_lookup.public_key_of, now),
            **self.vendor_locks.drivers,
        }

    def _set_up_loops(self) -> None:
        """Create the background loops and register what wakes them."""
        settings, now = self.settings, self.now
        self.alerts = AlertSenders(
            self.database,
            self.vault,
            now,
            mail=settings.alert_mail.get_secret_value(),
            address=settings.address,
            allowed=settings.webhook_networks,
        )
        self.webhooks = WebhookSenders(self.database, self.vault, self.feed, now, allowed=settings.webhook_networks)
        self.lock_senders = LockSenders(self.doors, self.drivers, now, partial(is_believed, now))
        self.relay = Relay(
            self.doors,
            self._senders(),
            now,
            leased=LEASED,
            prepared=CONFIRMED_WORK,
            prepare=self.lock_senders.prepare,
            stamped=enqueue_webhooks,
            prefetch=prefetch_registrations,
        )
        self.repeated_answers = RepeatedAnswers(self.database, self.vault, now)
        self.housekeeping = self._housekeeping()
        self.roll_outs = RollOuts(self.database, now)
        self.reconciliation = Reconciliation(self.database, self.vault, self.registries, now)
        self.kiosk_inbox = KioskInbox(
            self.database,
            self.tenant_registration,
            self.keyring,
            self.authority.intake_key,
            now,
            self.challenges,
            self.attempts,
        )
        intake = (self.doors, self.drivers, self.awaited_answers, self.kiosk_inbox.take, now, self.device_lookup)
        self.intake = Intake(*intake, hear_clock=hears(now))
        self.installation, self.ended = Installation(settings), EndedList(settings.folder, self.database)
        self.database.after_commit(self.installation.note_use)
        self.database.after_commit(self.relay.wake)
        self.database.after_commit(self.feed.wake)
        self.home_assistant = open_home_assistant(settings.gateway_name, settings.home_broker, self.database, now)
        if self.home_assistant is not None:
            self.database.after_commit(self.home_assistant.wake)

    def _housekeeping(self) -> Housekeeping:
        """The periodic work on rows, pictures, certificates, kept answers and sessions."""
        forget, tend = self.repeated_answers.forget, self.tend_certificates
        given = (self.database, self.keyring, self.pictures, tend, forget, self.now)
        return Housekeeping(*given, session_use=self.session_use, disputed=partial(is_disputed, self.now))

    def _open_keyring(self) -> Keyring:
        """The secrets that sign keys and links and derive passcodes."""
        return Keyring(
            self.vault,
            self.authority.credential_key,
            secret_at(self.settings.folder / "offers.secret"),
            self.authority.passcode_key,
            self.settings.offline_hours * 3600,
        )

    def _senders(self) -> dict[str, Sender]:
        """The sender of each kind of delivery, by the delivery's `work`."""
        external_commands = ExternalCommandSenders(self.database, self.lock_senders.send)
        slots = SlotSenders(self.database, self.keyring, self.lock_senders.send, self.now)
        screens = ScreenSenders(self.database, self.keyring, self.lock_senders.send, self.now)
        given, reported = (self.database, self.vault, self.registries, self.now), hears(self.now, fresh=True)
        registries = RegistrySenders(*given, erased=self.feed.forget, hear_clock=reported)
        firmware = FirmwareSenders(self.database, self.lock_senders.send, self.now)
        certificates = CertificateSenders(self.database, self.drivers, self.rotation.present, self.now)
        mail, address = self.settings.alert_mail.get_secret_value(), self.settings.address
        tenant_alerts = TenantAlertSender(self.database, self.keyring, self.now, mail=mail, address=address)
        account_mails = AccountMailSender(self.database, self.attempts, self.now, mail=mail, address=address)
        return (
            self.lock_senders.table()
            | slots.table()
            | screens.table()
            | external_commands.table()
            | certificates.table()
            | firmware.table()
            | registries.table()
            | self.webhooks.table()
            | self.alerts.table()
            | tenant_alerts.table()
            | account_mails.table()
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the broker, the links and the identity workers, then the loops. Returns once commands can be sent."""
        if self.broker is not None:
            await self.broker_watch.forget_devices()
            await self.broker.start()
        for link in (self.link, *self.vendor_locks.links.values()):
            await link.start()
        if self.home_assistant is not None:
            await self.home_assistant.start()
        await self.identity.start()
        for name, loop in self.loops().items():
            self.supervisor.run(name, loop, HOUSEKEEPING_LATE_AFTER if name == "housekeeping" else LATE_AFTER)

    def loops(self) -> dict[str, Loop]:
        """The background loops by name."""
        vendors = {
            f"intake of {name}": partial(self.intake.run, link, name) for name, link in self.vendor_locks.links.items()
        }
        home, folder = self.home_assistant, self.settings.folder
        return {
            "feed": self.feed.run,
            **vendors,
            **({} if home is None else {"home assistant": home.run, "commands of home assistant": home.hear}),
            "broker": self.broker_watch.run,
            "relay": self.relay.run,
            "intake": partial(self.intake.run, self.link, "native"),
            "housekeeping": self.housekeeping.run,
            "revocations": self.revocation.run,
            "firmware roll-outs": self.roll_outs.run,
            "reconciliation": self.reconciliation.run,
            "tables of registries": self.registry_tables.run,
            "operator alerts": self.operator_alerts.run,
            **({} if self.operator_posts is None else {"operator webhook": self.operator_posts.run}),
            "note of the loops": partial(self.supervisor.note, folder),
        }

    async def stop(self) -> None:
        """Stop the loops, then the parts they use. Deliveries not yet settled stay in the outbox."""
        await self.supervisor.stop()
        (self.settings.folder / NOTE).unlink(missing_ok=True)
        await self.kiosk_inbox.stop()
        if self.home_assistant is not None:
            await self.home_assistant.stop()
        for link in (self.link, *self.vendor_locks.links.values()):
            await link.stop()
        await self.identity.stop()
        await self.webhooks.close()
        for registry in self.registries.values():
            await registry.close()
        if self.broker is not None:
            await self.broker.stop()
        self.vault.close()
        self.database.close()

    @property
    def rules(self) -> dict[str, Callable[[Registration], Sequence[FieldProblem]]]:
        """The rules of each registry that is set up, by name."""
        return {name: registry.problems for name, registry in self.registries.items()}

    def readiness(self) -> dict[str, bool]:
        """Whether each part that the gateway needs is in order."""
        return {
            "link": self.link.connected,
            "broker": self.broker_watch.takes_connections,
            "identity": self.identity.ready,
            "loops": all(state == "good" for state in self.supervisor.states().values()),
            "clock": self.clock_believed,
            "disk": self.disk_has_space,
        }

    def troubles(self) -> set[str]:
        """What is not in order, by the names of the operator's alerts."""
        parts = {name for name, good in self.readiness().items() if not good}
        parts |= {"firmware"} if self.roll_outs.stopped else set()
        return (parts - {"loops"}) | {f"{LOOP}{name}" for name in self.supervisor.in_trouble()}

    @property
    def clock_believed(self) -> bool:
        """Whether the gateway follows the system clock."""
        return is_believed(self.now)

    @property
    def disk_has_space(self) -> bool:
        """Whether the reserve on the database's disk is there; True for a database server."""
        return self.database.space is None or self.database.space.held

    @property
    def authority(self) -> Authority:
        """The certificate authority in force."""
        return self.rotation.authority

    async def tend_certificates(self, renew: bool = False) -> None:
        """Continue the authority rotation; make the broker refuse and disconnect every revoked device."""
        await self.rotation.follow()
        await self.revocation.enforce(renew=renew)
        await asyncio.to_thread(self._note)

    async def _forget_reachability(self) -> None:
        def write() -> None:
            with self.database.writing(essential=True) as session:
                forget_reachability(session)

        await self.database.in_thread(write)

    async def _ask_unseen_locks(self) -> None:
        def write() -> None:
            with self.database.writing(essential=True) as session:
                ask_unseen(session, self.now())

        await self.database.in_thread(write)

    def _note(self) -> None:
        """Write what a later start and `lodgekey doctor` read; on a full disk the rest of the round counts."""
        try:
            with self.database.reading() as session:
                newest = session.scalar(select(func.max(Event.id))) or 0
            self.installation.note(events=newest)
            self.ended.follow()
            if isinstance(self.now, TrustedClock):
                follow_clock(self.settings.folder, self.now)
        except OSError as error:
            log.error("the state of the installation could not be written: %s", error.strerror)

    async def _renew_own(self) -> None:
        """Issue certificates of the current authority to the broker and the gateway; live connections continue."""
        if self._broker_files is not None:
            await self._broker_files.replace_certificates(self._broker_access.certificates())
        self._mqtt.present(self._broker_access.address().tls)
