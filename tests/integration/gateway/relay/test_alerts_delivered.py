"""Alerts reach a real mail server and a real webhook receiver, once each, without personal names."""

import email
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook

from api.cli.demo.ports import free_port
from devices.reports import Happened
from gateway.domain.alerts import KINDS, AlertCode
from gateway.journey.accounts.sign_in import forget_sign_in
from gateway.journey.alerts import watch_alerts
from gateway.outbox.deliveries import Done, Refused, RetryAt
from gateway.relay.alerts import AlertSenders
from gateway.store import Account, AlertSubscription, Delivery, Device, Key, OpenAlert, Person, Registration, Stay
from gateway.texts.alerts import alert_message
from tests.parts.house import House, good, refused

# apprise imports all its services at first use, one of which uses a deprecated standard module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
CODES = list(KINDS)
EXPOSED = 10 * 1440 + 2  # minutes: ten days, and the rest of the quarter of an hour to which a passcode is rounded
NUMBERS = {
    "battery": 8, "silent": 20, "ajar": 10, "key_late": 2, "filing_due": 2, "clock_off": 312, "exposed": EXPOSED,
    "erasure_waits": 90,
}  # fmt: skip
NAMES = ("VOORBEELD", "XR1001R58")


@dataclass
class Mailbox:
    """Mails that a mail server accepted."""

    mails: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd names it
        """Store one mail."""
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"mailto://127.0.0.1:{port}?from=lodgekey@example.org&to={{to}}&mode=insecure"
    server.stop()


@pytest.fixture(autouse=True)
def receivers_on_this_machine(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator allows webhooks to this machine."""
    allowed = house.gateway.settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})
    monkeypatch.setattr(house.gateway, "settings", allowed)


@pytest.fixture
def receiver() -> Iterator[tuple[list[Any], str]]:
    taken: list[Any] = []

    class ReceiverEndpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), ReceiverEndpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield taken, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def mailed(box: Mailbox) -> str:
    """Text of the first mail."""
    content = box.mails[0].content
    assert isinstance(content, bytes)
    parts = [part for part in email.message_from_bytes(content).walk() if not part.is_multipart()]
    return b"".join(bytes(part.get_payload(decode=True) or b"") for part in parts).decode()


def watch(house: House) -> int:
    """Run one round of the housekeeping."""
    with house.gateway.database.writing() as session:
        return watch_alerts(session, house.now[0])


def report(house: House, **state: Any) -> None:
    """The lock of room a reports an event."""
    with house.gateway.database.writing() as session:
        for name, value in state.items():
            setattr(session.get_one(Device, "lock-a"), name, value)


def pending(house: House, work: str) -> list[Delivery]:
    """Pending alert deliveries."""
    with house.gateway.database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.work == work).order_by(Delivery.id)))


async def want(house: House, **where: Any) -> Any:
    """The owner subscribes to alerts."""
    form = {"codes": CODES} | where
    return good(await house.client("landlord-a").put("/api/v1/alerts", json=form))


def senders(house: House, mail: str = "", allowed: str = "") -> AlertSenders:
    """Senders with this mail server."""
    gateway = house.gateway
    return AlertSenders(
        gateway.database, gateway.vault, gateway.now, mail=mail, address="https://lodgekey.example", allowed=allowed
    )


async def test_a_battery_is_mailed_at_each_of_its_stages_once(house: House, mailbox: tuple[Mailbox, str]) -> None:
    box, mail = mailbox
    await want(house, email="mira@example.org")
    for percent, news in ((31, 0), (30, 1), (28, 0), (20, 1), (19, 0), (10, 1), (3, 0), (90, 0), (29, 1)):
        report(house, battery=percent)
        assert (watch(house), watch(house)) == (news, 0), percent
    first = pending(house, "mail_alert")[0]
    sent = await senders(house, mail).mail(first)
    assert isinstance(sent.decision, Done)
    assert [mail.rcpt_tos for mail in box.mails] == [["mira@example.org"]]
    text = mailed(box)
    assert "Room a: The lock's battery is at 30\u00a0%." in text
    assert "https://lodgekey.example/landlord" in text


@pytest.mark.parametrize(
    ("state", "code", "wait"),
    [({"bolt": "jammed"}, "jam", 0), ({"alarm": "jammed"}, "jam", 0), ({"door": "open"}, "ajar", 300)],
)
async def test_a_jam_is_reported_at_once_and_a_door_ajar_after_five_minutes(
    house: House, state: dict[str, str], code: str, wait: int
) -> None:
    await want(house, email="mira@example.org")
    report(house, **state)
    if wait:
        report(house, door_since=house.now[0])
        assert watch(house) == 0
        house.now[0] += wait - 1
        assert watch(house) == 0
        house.now[0] += 1
    assert watch(house) == 1
    assert [(row.body or {})["code"] for row in pending(house, "mail_alert")] == [code]


async def bring_about_case(house: House, place: str) -> None:
    """A tenant whose identity a person has to check."""
    tenant, _ = await house.tenant(place)
    assert good(await house.register(tenant))["stage"] == "review"


async def bring_about(house: House, code: str) -> None:
    """Create the condition of this alert at the lock of room a."""
    if code == "key_late":
        await house.key("a", begins=3600)
    if code == "case_waits":
        await bring_about_case(house, "a")
    if code == "exposed":
        key = await house.key("a", days=10)
        house.put_on_lock(key)
        good(await house.client("landlord-a").post(f"/api/v1/keys/{key}/revoke"))
        report(house, online=False, last_seen_at=house.now[0])
    now = house.now[0]
    filings: dict[str, dict[str, Any]] = {
        "filing_refused": {"state": "refused", "warn_at": None},
        "filing_waits": {"state": "unknown", "warn_at": None},
        "filing_due": {"warn_at": now, "deadline_at": now + 7200},
        "filing_late": {"warn_at": now, "deadline_at": now},
        "erasure_waits": {"state": "pending", "warn_at": None},
    }
    if code in filings:
        house.put_on_lock(await house.key("a"))
        with house.gateway.database.writing() as session:
            session.execute(update(Registration).values(filings[code]))
            if code == "erasure_waits":
                session.execute(update(Stay).values(state="ended", ended_at=now))
                session.execute(update(Key).values(desired="absent", observed="absent"))
                session.execute(update(Person).values(erasure_asked_at=now))
    state: dict[str, dict[str, Any]] = {
        "battery": {"battery": 8},
        "silent": {"online": False, "last_seen_at": now - 1200},
        "jam": {"alarm": "jammed"},
        "tampered": {"alarm": "tampered"},
        "clock_lost": {"alarm": "clock_lost"},
        "command_refused": {"alarm": "command_refused"},
        "ajar": {"door": "open", "door_since": now - 600},
        "clock_off": {"clock_drift": -312, "clock_drift_at": now},
        "log_missing": {"log_alarm": "log_missing", "log_alarm_at": now},
        "log_forged": {"log_alarm": "log_forged", "log_alarm_at": now},
    }
    report(house, **state.get(code, {}))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", KINDS)
async def test_each_alert_is_on_the_page_in_a_mail_and_at_the_webhook_in_the_same_words(
    house: House, mailbox: tuple[Mailbox, str], receiver: tuple[list[Any], str], code: AlertCode, language: str
) -> None:
    (box, mail), (taken, url) = mailbox, receiver
    await want(house, email="mira@example.org", webhook_url=url, language=language)
    await bring_about(house, code)
    assert (watch(house), watch(house)) == (1, 0)
    number = (pending(house, "mail_alert")[0].body or {})["number"]
    assert number == NUMBERS.get(code, 0)
    words = alert_message(language, code, "Room a", number)
    assert isinstance((await senders(house, mail).mail(pending(house, "mail_alert")[0])).decision, Done)
    sent = senders(house, allowed="127.0.0.0/8")
    assert isinstance((await sent.post(pending(house, "post_alert")[0])).decision, Done)
    event = json.loads(taken[0][1])
    assert (event["type"], event["data"]["code"]) == (f"org.lodgekey.alert.{code}", code)
    assert event["data"]["sentence"] == words
    assert words in mailed(box)
    page = await house.client("landlord-a").get("/landlord", headers={"Accept-Language": language})
    unit, _, rest = words.partition("：" if language == "zh-CN" else ": ")
    assert f"<strong>{unit}</strong> {rest}" in unescape(page.text)


async def test_a_door_is_open_since_the_gateway_first_received_it(house: House) -> None:
    house.hear(Happened("lock-a", 1, house.now[0], "door", {"open": True}))
    opened = house.now[0]
    house.now[0] += 200
    house.hear(Happened("lock-a", 2, house.now[0], "door", {"open": True}))
    with house.gateway.database.reading() as session:
        assert session.get_one(Device, "lock-a").door_since == opened
    house.now[0] += 100
    page = (await house.client("landlord-a").get("/landlord")).text
    assert "open for 5 minutes" in page
    house.hear(Happened("lock-a", 3, house.now[0], "door", {"open": False}))
    assert "open for" not in (await house.client("landlord-a").get("/landlord")).text


async def test_a_lock_is_reported_after_fifteen_minutes_offline_and_again_only_after_it_came_back(house: House) -> None:
    await want(house, email="mira@example.org")
    report(house, online=False, last_seen_at=house.now[0] - 900)
    assert watch(house) == 0
    house.now[0] += 1
    assert [watch(house), watch(house)] == [1, 0]
    report(house, online=True)
    assert watch(house) == 0
    with house.gateway.database.reading() as session:
        assert session.scalars(select(OpenAlert)).all() == []


async def test_a_key_that_is_late_is_reported_a_day_and_two_hours_before_the_arrival(house: House) -> None:
    await want(house, email="mira@example.org")
    begins = house.now[0] + 26 * 3600
    key = await house.key("a", begins=26 * 3600)
    for hours, news in ((25, 0), (24, 1), (3, 0), (2, 1), (1, 0)):
        house.now[0] = begins - hours * 3600
        assert watch(house) == news, hours
    assert [(row.body or {})["number"] for row in pending(house, "mail_alert")] == [24, 2]
    written = json.dumps([row.body for row in pending(house, "mail_alert")])
    assert not any(name in written.upper() for name in (*NAMES, key.upper()))


async def test_a_webhook_gets_a_signed_event_without_anybodys_name(
    house: House, receiver: tuple[list[Any], str]
) -> None:
    taken, url = receiver
    secret = (await want(house, webhook_url=url))["webhook_secret"]
    report(house, battery=9)
    assert watch(house) == 1
    delivery = pending(house, "post_alert")[0]
    sent = await senders(house, allowed="127.0.0.0/8").post(delivery)
    assert isinstance(sent.decision, Done)
    headers, content = taken[0]
    assert headers["webhook-id"] == f"alert-{delivery.created_at}-{delivery.id}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standardwebhooks.webhooks.Webhook._Webhook__verify_timestamp", lambda _self, at: _moment(at))
        event = Webhook(secret).verify(content, {name.lower(): value for name, value in headers.items()})
    assert event["type"] == "org.lodgekey.alert.battery"
    assert event["data"] == {
        "code": "battery",
        "unit": "Room a",
        "number": 9,
        "sentence": "Room a: The lock's battery is at 9\u00a0%. Replace it.",
        "link": "https://lodgekey.example/landlord",
    }
    assert good(await house.client("landlord-a").get("/api/v1/alerts"))["webhook_secret"] == ""


def _moment(at: str) -> Any:
    """Bound to the house's fixed clock, so that the age of a signature is not checked."""
    return datetime.fromtimestamp(float(at), UTC)


async def test_a_landlords_webhook_reaches_no_place_of_the_gateways_own_network(
    house: House, receiver: tuple[list[Any], str]
) -> None:
    taken, url = receiver
    await want(house, webhook_url=url)
    report(house, battery=9)
    watch(house)
    sent = await senders(house).post(pending(house, "post_alert")[0])
    assert isinstance(sent.decision, RetryAt)
    assert taken == []
    client = house.client("landlord-a")
    for bad in ("http://example.org/hook", "https://user:x@example.org/", "ftp://example.org", "https://e.org/?x=1"):
        refused(await client.put("/api/v1/alerts", json={"codes": [], "webhook_url": bad}), 422, "input_refused")


@pytest.mark.parametrize(("status", "left"), [(410, False), (429, True), (500, True)])
async def test_a_webhook_that_is_gone_is_turned_off_and_mails_go_on(house: House, status: int, left: bool) -> None:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Retry-After", "1800")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        await want(house, webhook_url=url, email="mira@example.org")
        report(house, battery=9)
        watch(house)
        delivery = pending(house, "post_alert")[0]
        sent = await senders(house, allowed="127.0.0.0/8").post(delivery)
        server.shutdown()
    if sent.also is not None:
        with house.gateway.database.writing() as session:
            sent.also(session, house.gateway.now())
    with house.gateway.database.reading() as session:
        (subscription,) = session.scalars(select(AlertSubscription))
    assert (subscription.webhook_url == url, subscription.email) == (left, "mira@example.org")
    if left:
        assert isinstance(sent.decision, RetryAt)
        assert sent.decision.at >= house.gateway.now() + 1800
    else:
        assert isinstance(sent.decision, Refused)


async def test_a_mail_server_that_is_away_is_asked_again_and_none_at_all_is_said(house: House) -> None:
    await want(house, email="mira@example.org")
    report(house, battery=9)
    watch(house)
    delivery = pending(house, "mail_alert")[0]
    away = await senders(house, "mailto://127.0.0.1:9?from=l@example.org&to={to}&mode=insecure").mail(delivery)
    assert isinstance(away.decision, RetryAt)
    assert isinstance((await senders(house).mail(delivery)).decision, Refused)
    await want(house)
    assert isinstance((await senders(house, "mailto://x").mail(delivery)).decision, Refused)


async def test_nobody_is_notified_who_did_not_ask_or_of_what_they_did_not_choose(house: House) -> None:
    report(house, battery=5, bolt="jammed")
    assert watch(house) == 0
    await want(house, email="mira@example.org", codes=["jam"])
    assert watch(house) == 1
    assert [(row.body or {})["code"] for row in pending(house, "mail_alert")] == ["jam"]


async def test_an_officer_gets_the_waiting_cases_of_the_area_until_the_account_ends(
    house: House, mailbox: tuple[Mailbox, str]
) -> None:
    box, mail = mailbox
    officer = house.client("officer-a")
    offered = good(await officer.get("/api/v1/alerts"))["codes"]
    assert offered == ["case_waits", "filing_refused", "filing_waits", "filing_due", "filing_late", "erasure_waits"]
    subscription = {"email": "officer@example.org", "codes": offered}
    good(await officer.put("/api/v1/alerts", json=subscription))
    refused(await officer.put("/api/v1/alerts", json=subscription | {"codes": ["jam"]}), 422, "input_refused")
    for place in ("a", "b"):
        await bring_about_case(house, place)
    report(house, alarm="jammed")
    assert (watch(house), watch(house)) == (1, 0), "no case of another area, and nothing of the locks"
    assert isinstance((await senders(house, mail).mail(pending(house, "mail_alert")[0])).decision, Done)
    assert [sent.rcpt_tos for sent in box.mails] == [["officer@example.org"]]
    assert "https://lodgekey.example/officer" in mailed(box)
    assert not any(name in mailed(box).upper() for name in NAMES)
    with house.gateway.database.writing() as session:
        login = session.scalars(select(Account).where(Account.login == "officer-a")).one()
        forget_sign_in(session, login, house.now[0])
    with house.gateway.database.reading() as session:
        assert session.scalars(select(AlertSubscription)).all() == []
        assert session.scalars(select(OpenAlert)).all() == []
