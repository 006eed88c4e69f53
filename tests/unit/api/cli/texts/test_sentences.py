"""Command output for people is Chinese in a Chinese terminal: headings, states. English and JSON do not change."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, get_args

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.commands import account, key, registry
from api.cli.main import app
from api.cli.output import word
from api.cli.texts.codes import CODES
from certs.authority import profiles
from certs.authority.ca import Authority
from certs.authority.generations import Phase
from certs.keys import new_private_key, save_private_key
from gateway.clock import utc_now
from gateway.disclosure import disclose
from gateway.domain.accounts.staff_rights import StaffRole
from gateway.domain.filings import record as registration
from gateway.domain.filings.deadlines import Standing
from gateway.domain.keys.key import EXPIRING_BEFORE, KEY_STATES, DelayReason, state_of
from gateway.domain.verification.port import Band
from gateway.journey.devices.certificates import CERTIFICATE_WORK
from gateway.journey.filings.deadlines import OPEN, TAKEN
from gateway.store import Account, Device, Registration
from tests.architecture.source import ROOT
from tests.parts.world import AREA, LOCK, NOW, World, device
from tests.unit.api.cli.test_help import is_chinese

RUN = CliRunner()
CHINESE: Final = {"LC_ALL": "zh_CN.UTF-8"}
ENGLISH: Final = {"LC_ALL": "C.UTF-8"}
SETTINGS: Final = {"LODGEKEY_REGISTRIES": '{"es": {"url": "https://registry.example"}}', "COLUMNS": "160"}
KIOSK: Final = "gate-1"
NAMES: Final = ("UTC", "sandbox", "es", LOCK, KIOSK, "house-1", "mira", "officer@37", "tess", AREA, "DW-101")
COMMANDS: Final = (
    "account list",
    "unit list",
    "device list",
    "key list",
    "key show {key}",
    "key revoke {key}",
    "registry list",
    "registry open",
    "certs status",
    "audit verify --head {head}",
    "audit head --out {head}",
)


def english_in(text: str, names: Iterable[str]) -> list[str]:
    """Latin words that are not names; the T of a timestamp does not count."""
    known = "|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(names, key=len, reverse=True))
    return re.findall(r"[A-Za-z]{2,}", re.sub(known, "", text))


@pytest.fixture
def named(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A gateway with an item for each list, its clock at NOW, and the arguments for the commands."""
    monkeypatch.setattr(key, "utc_now", lambda: NOW)
    monkeypatch.setattr(registry, "utc_now", lambda: NOW)
    made = world.tenant()
    world.put(made)
    Authority.open(world.folder / "certs", utc_now)
    save_private_key(world.folder / "certs" / "log.key", new_private_key())
    with world.database.writing() as session:
        session.get_one(Device, LOCK).online = False
        kiosk = device(KIOSK, None, "kiosk")
        kiosk.online = True
        session.add(kiosk)
        desk = {"landlord_id": world.landlord_id, "staff": "desk"}
        session.add(Account(role="landlord", login="mira", password_hash="", name="", **desk))
        session.get_one(Account, world.officer_id).login = "officer@37"
        session.add(Account(role="tester", login="tess", password_hash="", name=""))
        record = session.scalars(select(Registration)).one()
        record.deadline_at = NOW + 60
        reported = {"folder": str(world.folder), "head": str(tmp_path / "head"), "key": made.id, "record": record.id}
    disclose(world.database, consumer="a", purpose="b", subject="c", fields="d", now=world.now)
    printed(reported, "audit head --out {head}", ENGLISH)
    return reported


def printed(named: dict[str, str], command: str, environment: dict[str, str], *more: str) -> str:
    """A command's stdout."""
    words = [*command.format(**named).split(), "--folder", named["folder"], *more]
    done = RUN.invoke(app, words, env=SETTINGS | environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def lines(named: dict[str, str], command: str) -> list[str]:
    """Lines of a command's English output, without padding."""
    return [" ".join(line.split()) for line in printed(named, command, ENGLISH).splitlines()]


def columns(table: str) -> list[str]:
    """Text of each column of a table, with wrapped lines joined."""
    rows = [re.split("[┃│]", line)[1:-1] for line in table.splitlines() if line[:1] in "┃│"]
    return ["".join(cell.strip() for cell in column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("command", COMMANDS)
def test_in_chinese_a_command_says_nothing_in_english(command: str, named: dict[str, str]) -> None:
    reported = printed(named, command, CHINESE)
    assert english_in(reported, [*NAMES, *named.values()]) == []
    assert is_chinese(reported) or command == "unit list"  # prints ids and names only


@pytest.mark.parametrize("command", COMMANDS)
def test_the_json_of_a_command_is_the_same_whatever_is_spoken(command: str, named: dict[str, str]) -> None:
    english = json.loads(printed(named, command, ENGLISH, "--json"))
    chinese = json.loads(printed(named, command, CHINESE, "--json"))
    assert chinese == english
    assert not is_chinese(json.dumps(chinese, ensure_ascii=False))


def test_in_english_lists_say_what_they_said(named: dict[str, str]) -> None:
    assert lines(named, "account list") == ["mira landlord desk", f"officer@37 officer {AREA}", "tess tester"]
    assert lines(named, "unit list") == [f"DW-101 {AREA} sandbox {LOCK}"]
    assert lines(named, "device list") == [f"{KIOSK} kiosk house-1 online", f"{LOCK} lock house-1 offline"]
    assert lines(named, "certs status") == [
        "phase: standby",
        "current authority: 1",
        "next authority: None",
        "retired authorities:",
        "applied by the gateway: False",
        "devices: 2",
        f"not confirmed yet: {{'{KIOSK}': ['put_trust', 'put_certificate'], "
        f"'{LOCK}': ['put_trust', 'put_certificate']}}",
    ]
    assert lines(named, "audit verify --head {head}") == ["The log is consistent with 1 earlier tree head."]


def test_in_english_keys_say_what_they_said_until_they_are_gone_and_why_they_are_not(named: dict[str, str]) -> None:
    reported = json.loads(printed(named, "key show {key}", ENGLISH, "--json"))
    assert lines(named, "key list") == [f"{reported['id']} {LOCK} on_lock until {reported['until']}"]
    assert lines(named, "key revoke {key}") == [
        f"id: {reported['id']}",
        f"lock: {LOCK}",
        "state: revoking",
        f"until: {reported['until']}",
        f"expires at the latest: {reported['cannot_outlive']}",
        "reason for the delay: lock_offline",
        f"cannot be revoked before: {reported['until']}",
        f"may still open the door (minutes): {3 * 24 * 60 - 1}",
    ]
    assert lines(named, "key list") == [
        f"{reported['id']} {LOCK} revoking until {reported['until']}; "
        f"cannot be revoked before {reported['until']}: lock offline"
    ]


def test_in_chinese_a_key_that_cannot_be_revoked_is_shown_in_the_words_of_the_pages(named: dict[str, str]) -> None:
    until = json.loads(printed(named, "key revoke {key}", ENGLISH, "--json"))["until"]
    assert printed(named, "key list", CHINESE).split() == [
        named["key"],
        LOCK,
        "正在收回，等待门锁确认",
        "有效期至",
        f"{until}；{until}",
        "前无法收回：门锁离线",
    ]


def test_in_english_tables_say_what_they_said(named: dict[str, str]) -> None:
    assert columns(printed(named, "registry list", ENGLISH)) == [
        "registryessandbox",
        "set upyesno",
        "recordsnone1 queued",
    ]
    head = ["record", "registry", "type", "state", "deadline (UTC)", "status", "code"]
    row = [named["record"], "sandbox", "check_in", "queued", "2026-09-21 14:14", "in_time", ""]
    assert columns(printed(named, "registry open", ENGLISH)) == [a + b for a, b in zip(head, row, strict=True)]


@pytest.mark.parametrize("width", ["160", "72"])
def test_in_chinese_a_table_is_whole_on_a_narrow_terminal_too(width: str, named: dict[str, str]) -> None:
    reported = columns(printed(named, "registry open", CHINESE | {"COLUMNS": width}))
    head = ["登记编号", "登记机关", "类型", "状态", "期限（UTC）", "时限状态", "答复代码"]
    row = [named["record"], "sandbox", "入住", "等待上报", "2026-09-2114:14", "未逾期", ""]
    assert [text.replace(" ", "") for text in reported] == [a + b for a, b in zip(head, row, strict=True)]


def test_chinese_words_keep_the_columns_of_a_list_straight(named: dict[str, str]) -> None:
    for line in printed(named, "device list", CHINESE).splitlines():
        cells = sum(2 if is_chinese(sign) else 1 for sign in line.partition("house-1")[0])
        assert cells == 24 + 1 + 6 + 1


STATES: Final = {state_of(*kept, NOW + ahead, NOW) for kept in KEY_STATES for ahead in (-1, 1, EXPIRING_BEFORE + 1)}


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("key", STATES),
        ("delay_reason", get_args(DelayReason)),
        ("kind", get_args(registration.Kind)),
        ("filing", {*TAKEN, *OPEN, "not_due"}),
        ("standing", get_args(Standing)),
        ("role", get_args(account.Role)),
        ("staffrole", get_args(StaffRole)),
        ("device", get_args(profiles.Kind)),
        ("phase", get_args(Phase)),
        ("paper", CERTIFICATE_WORK),
        ("band", get_args(Band)),
    ],
)
def test_every_state_has_its_word_in_both_languages(
    family: str, codes: Iterable[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", CHINESE["LC_ALL"])
    chinese = {code: word(family, code) for code in codes}
    assert {
        code: reported for code, reported in chinese.items() if not is_chinese(reported) or english_in(reported, ())
    } == {}
    monkeypatch.setenv("LC_ALL", ENGLISH["LC_ALL"])
    assert {code: word(family, code) for code in codes} == {code: code for code in codes}


def test_everything_an_audit_can_find_has_its_sentence_in_both_languages() -> None:
    sources = [ROOT / "gateway/domain/disclosure/tree_head.py", ROOT / "api/cli/commands/audit.py"]
    codes = {code for path in sources for code in re.findall(r'Fault\("(\w+)"', path.read_text(encoding="utf-8"))}
    assert {"foreign", "truncated"} < codes
    assert codes - CODES["fault"].keys() == set()


def test_a_unit_that_is_not_there_is_called_as_everywhere_else(named: dict[str, str]) -> None:
    add = ["device", "add", "lock-9", "--site", "s", "--unit", "NOWHERE", "--out", named["head"] + "-lock"]
    done = RUN.invoke(app, [*add, "--folder", named["folder"]], env=CHINESE)
    assert done.stderr.splitlines()[0] == "没有编码为 NOWHERE 的房源。"
