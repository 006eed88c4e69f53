"""Output of the demonstration, at its start, during the run and at the end, is in the terminal's language."""

import json
import re
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

import pytest
from typer.testing import CliRunner, Result

from api.cli.demo import demo
from api.cli.demo.children import Child, ChildFailed
from api.cli.demo.journey_run import JourneyRun
from api.cli.demo.seed import KIOSK, SITE
from api.cli.main import app
from api.client import Answer, Client
from tests.unit.api.cli.test_help import is_chinese
from tests.unit.api.cli.texts.test_sentences import CHINESE, ENGLISH, english_in

RUN = CliRunner()
URL: Final = "http://127.0.0.1:8080"
NAMES: Final = ("sandbox", "MQTT", "Ctrl-C", "HS7-101", URL, SITE, KIOSK, "landlord", "officer", "tester")
REVIEWED: Final = {"stage": "review", "reasons": ["face_without_liveness", "face_unsure"]}
CASE: Final = {"id": "1", "pictures": [], "reasons": REVIEWED["reasons"], "score_band": "unsure"}
ACCEPTED: Final = {"id": "7", "state": "accepted", "receipt": "8"}
STAY: Final = {
    "registrations": [{"kind": kind} | ACCEPTED for kind in ("check_in", "check_out")],
    "keys": [{"id": "4", "state": "revoked"}],
}
ANSWERS: Final[dict[str, Any]] = {
    "/sessions": {},
    "/units": [{"id": "1", "code": "HS7-101"}],
    "/units/1/offers": {"url": f"{URL}/d/9", "offer_id": "2", "stay_id": "3"},
    "/onboarding/open": {},
    "/onboarding/consents": {},
    "/onboarding/others": {},
    "/onboarding/verification": REVIEWED,
    "/cases": [CASE],
    "/cases/1": CASE,
    "/cases/1/decision": {},
    "/keys/4/unlock": {"outcome": "unlocked", "ms": 12.0},
    "/stays/3": STAY,
    "/stays/3/end": {},
}

FAILURES: Final[Mapping[str, tuple[str, Any, str]]] = {
    "the landlord has none of the units": ("/units", [], "房东没有房源 HS7-101"),
    "the tenant is not registered": (
        "/onboarding/verification",
        {"stage": "rejected", "reasons": ["face_unsure"]},
        "租客未能登记",
    ),
    "the officer's list is empty": ("/cases", [], "审核人员的列表中没有此项核验"),
    "the door stays locked": ("/keys/4/unlock", {"outcome": "failed", "code": "jammed"}, "门未打开"),
}


class Part:
    """A part of the demonstration that is ready at once and starts no process."""

    then: signal.Signals | None = None

    def __init__(self, name: str, _arguments: list[str], log: Path, _environment: object = None) -> None:
        self.name, self.folder = name, log.parent.parent

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to stop."""

    async def start(self) -> dict[str, Any]:
        """The ready message of the part with this name; the building is the last to start."""
        picture = self.folder / "picture"
        if self.name == "the photographer":
            picture.write_bytes(b"a picture")
        if self.name == "the building":
            (self.folder / "devices" / KIOSK / "terminal.json").write_text(json.dumps({"url": f"{URL}/kiosk"}))
            if self.then is not None:
                signal.raise_signal(self.then)
        reported: dict[str, dict[str, Any]] = {
            "the registry": {"facts": {}, "settings": {}},
            "the gateway": {"url": URL},
            "the building": {"control": str(self.folder / "control.json")},
            "the photographer": {"document": str(picture), "face": str(picture)},
        }
        return reported[self.name]


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All parts are ready at once, and the gateway's answers are preset."""
    at_the_door = iter([REVIEWED, {"stage": "on_lock", "keys": ["4"]}])

    class Known(Client):
        """A client with preset answers."""

        async def request(self, method: str, path: str, **_sent: Any) -> Answer:
            return Answer(200, json.dumps(next(at_the_door) if path == "/onboarding" else ANSWERS[path]).encode())

        async def lines(self, path: str) -> AsyncGenerator[str, None]:
            for line in ("id: 11", 'data: {"subject": "7"}', ""):
                yield line

    @asynccontextmanager
    async def client(_: JourneyRun) -> AsyncIterator[Client]:
        yield Known(f"{URL}/api/v1", timeout_s=1)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "Child", Part)
    monkeypatch.setattr(JourneyRun, "_client", client)


def walked(language: dict[str, str], *more: str) -> Result:
    """The whole journey, without user input."""
    done = RUN.invoke(app, ["demo", "--once", *more], env=language | {"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    return done


def stayed(monkeypatch: pytest.MonkeyPatch, language: dict[str, str], *more: str) -> Result:
    """A demonstration that keeps running until SIGTERM, which it gets once all parts are ready."""
    monkeypatch.setattr(Part, "then", signal.SIGTERM)
    done = RUN.invoke(app, ["demo", *more], env=language | {"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    return done


def password() -> str:
    """Password of the demonstration created last."""
    return str(json.loads((demo.FOLDER / "logins.json").read_text())["password"])


def test_in_english_the_walk_says_what_it_said() -> None:
    done = walked(ENGLISH)
    assert [line.strip() for line in done.stderr.splitlines()] == [
        "starting the sandbox registry",
        "creating the building",
        "starting the gateway and its broker",
        "starting twelve locks and a kiosk",
        "the landlord offers a key",
        "the tenant opens the link, consents, and submits passport and face photo",
        "manual check, because of: face_without_liveness, face_unsure",
        "the key is sent to the lock",
        "the tenant holds the button to unlock",
        "the registry answers the check-in",
        "the registration appears in the officer's feed",
        "the stay ends and the lock deletes the key",
        "the registry answers the check-out",
    ]
    assert re.sub(r"lock \(ms\): [\d.]+", "lock (ms): 1", done.stdout).splitlines() == [
        "ok: True",
        "unit: HS7-101",
        "invitation: 2",
        "stay: 3",
        "key: 4",
        "result of the check: {'decided by': 'staff', 'outcome': 'passed', "
        "'reasons': ['face_without_liveness', 'face_unsure'], 'face comparison': 'unsure'}",
        "from issue to on the lock (ms): 1",
        "from press to unlocked (ms): 12.0",
        "registration: 7",
        "receipt: 8",
        "number in the feed: 11",
        "key after the end: revoked",
        "check-out receipt: 8",
    ]


def test_in_chinese_the_walk_says_nothing_in_english() -> None:
    done = walked(CHINESE)
    reported = [*done.stderr.splitlines(), *done.stdout.splitlines()]
    assert len(reported) == 13 + 13
    assert [line for line in reported if english_in(line, NAMES) or not is_chinese(line)] == []


def test_the_json_of_a_walk_is_in_machine_words_whatever_is_spoken() -> None:
    reported = json.loads(walked(CHINESE, "--json").stdout)
    assert (reported["verdict"]["by"], reported["verdict"]["reasons"]) == ("person", REVIEWED["reasons"])
    assert (reported["ok"], reported["key_after_the_end"]) == (True, "revoked")


def test_in_english_everybody_is_shown_where_to_look_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    done = stayed(monkeypatch, ENGLISH)
    assert done.stdout.splitlines() == [
        f"Landlord  {URL}/landlord   username landlord, password {password()}",
        "Tenant    opens the link that the landlord creates (offer a key, then open the link or scan the QR code)",
        f"Officer   {URL}/officer    username officer, password {password()}",
        f"Kiosk     {URL}/kiosk   the screen of the kiosk at the gate",
        f"Tester    {URL}/tester     username tester, password {password()}",
        f"12 locks and {KIOSK} at {SITE}. Press Ctrl-C to stop everything; "
        f"the data in {demo.FOLDER} is kept for the next start.",
    ]
    assert done.stderr.splitlines()[-1].strip() == "stopping"


def test_in_chinese_everybody_is_shown_where_to_look_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    done = stayed(monkeypatch, CHINESE)
    names = (*NAMES, *(f"{URL}/{page}" for page in ("landlord", "officer", "tester", "kiosk")), str(demo.FOLDER))
    reported = done.stdout.replace(password(), "").splitlines()
    assert len(reported) == 6
    lines = [*reported, *done.stderr.splitlines()]
    assert [line for line in lines if english_in(line, names) or not is_chinese(line)] == []


def test_the_json_of_a_demonstration_that_stays_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    reported = json.loads(stayed(monkeypatch, CHINESE, "--json").stdout)
    assert list(reported) == ["ready", "url", "kiosk", "folder", "password", "landlord", "officer", "tester"]
    assert (reported["ready"], reported["folder"], reported["landlord"]) == (True, str(demo.FOLDER), "landlord")


@pytest.mark.parametrize("failure", FAILURES)
def test_in_chinese_a_failed_step_is_named_in_chinese(failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, answer, sentence = FAILURES[failure]
    monkeypatch.setitem(ANSWERS, path, answer)
    done = RUN.invoke(app, ["demo", "--once"], env=CHINESE | {"COLUMNS": "160"})
    assert done.exit_code == 1, done.output
    assert sentence in done.stderr


@pytest.mark.parametrize("path", ["/units", "/onboarding/consents", "/cases/1/decision", "/stays/3/end"])
def test_a_refused_step_is_named_in_the_terminals_language(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "ok", property(lambda answer: answer.body != b'{"code": "busy", "detail": "Wait."}'))
    monkeypatch.setitem(ANSWERS, path, {"code": "busy", "detail": "Wait."})
    done = RUN.invoke(app, ["demo", "--once"], env=CHINESE | {"COLUMNS": "160"})
    assert done.exit_code == 1, done.output
    (line,) = [line for line in done.stderr.splitlines() if "busy, Wait." in line]
    assert english_in(line.replace("busy, Wait.", ""), NAMES) == []


async def test_a_part_that_does_not_start_is_named_in_the_terminals_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(ChildFailed, match=r"^登记机关未能启动：日志中没有内容$"):
        await Child("the registry", ["-c", "pass"], tmp_path / "log").start()
