"""Setting up from an empty folder: the operator creates accounts and units, and ends them."""

import asyncio
import json
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.registries import REGISTRIES
from gateway.settings import Settings
from gateway.store import Account, Event, SignIn, Unit
from gateway.store.database import Database
from tests.contract.registries import CASES as ALL_CASES
from tests.parts.house import application
from tests.parts.identity import MemoryIdentity
from tests.parts.world import NOW

RUN = CliRunner()
OWNER = "account add mira --role landlord --phone 0039061234"
HOME = "--landlord mira --label Loft --address Quay --area 370100-07 --timezone Europe/Rome --jurisdiction {where}"
CASES = {case.name: case for case in ALL_CASES}
NOT_RECORDED = ("name", "phone", "email")  # facts that options of their own give


def facts_at(registry: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a registry requires of a unit and of its landlord, as in the record that its simulator takes."""
    needs = REGISTRIES[registry].facts
    if registry not in CASES:  # a form that is kept has no simulator
        return dict.fromkeys(needs.unit, "1"), {}
    record = CASES[registry].record()
    street = {"address.street": record.unit.address.street}
    return street | texts(record.unit, needs.unit), texts(record.landlord, needs.landlord)


def texts(facts: object, paths: tuple[str, ...]) -> dict[str, str]:
    return {path: str(attrgetter(path)(facts)) for path in paths if path not in NOT_RECORDED}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gateway's folder with empty tables and no other content."""
    ask(tmp_path / "house", "db migrate")
    return tmp_path / "house"


def ask(folder: Path, words: str, *more: str, code: int = 0) -> Any:
    """The single JSON document that a command prints."""
    done = RUN.invoke(app, [*words.split(), *more, "--folder", str(folder), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def with_facts(facts: dict[str, str]) -> list[str]:
    """Command line options for these facts."""
    return [word for path, text in facts.items() for word in ("--fact", f"{path}={text}")]


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """The folder's database."""
    database = Database(Settings(folder=folder).database)
    yield database
    database.close()


async def logged_in(folder: Path, login: str, password: str, chosen: str = "") -> tuple[httpx.Response, httpx.Response]:
    """HTTP answers to a sign-in and to the subsequent request for the units; `chosen` replaces a first password."""
    served, gateway = application(), Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())
    served.state.gateway = gateway
    transport = httpx.ASGITransport(served, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://lodgekey.test") as client:
        answer = await client.post("/api/v1/sessions", json={"login": login, "password": password})
        if chosen:
            await client.put("/api/v1/me/password", json={"old": password, "new": chosen})
        units = await client.get("/api/v1/units")
    gateway.database.close()
    gateway.vault.close()
    return answer, units


def test_a_landlord_made_by_the_operator_signs_in_and_finds_the_unit_they_let(folder: Path) -> None:
    made = ask(folder, OWNER, "--name", "Mira Holm")
    ask(folder, f"unit add LOFT-1 --registry sandbox {HOME.format(where='sandbox')}")
    answer, units = asyncio.run(logged_in(folder, "mira", made["password"], "wide purple kettle"))
    assert (answer.status_code, answer.json()["role"]) == (201, "landlord")
    assert [unit["code"] for unit in units.json()] == ["LOFT-1"]
    assert [row["code"] for row in ask(folder, "unit list")] == ["LOFT-1"]


@pytest.mark.parametrize(("role", "more"), [("officer", "--area 370100"), ("tester", "")])
def test_an_officer_and_a_tester_sign_in_with_the_password_that_was_shown(folder: Path, role: str, more: str) -> None:
    made = ask(folder, f"account add wei --role {role} --name Wei {more}")
    answer, units = asyncio.run(logged_in(folder, "wei", made["password"]))
    assert (answer.status_code, answer.json()["role"]) == (201, role)
    assert units.json()["code"] == "password_change_needed"


def test_an_officers_account_ends_at_once_with_every_session(folder: Path, database: Database) -> None:
    made = ask(folder, "account add wei --role officer --name Wei --area 370100")
    asyncio.run(logged_in(folder, "wei", made["password"]))
    with database.reading() as session:
        assert len(session.scalars(select(SignIn)).all()) == 1
    ask(folder, "account end wei")
    with database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(Event.type).order_by(Event.id)).all()[-2:] == ["AccountAdded", "AccountEnded"]
    assert asyncio.run(logged_in(folder, "wei", made["password"]))[0].status_code == 401
    assert ask(folder, "account list") == []
    assert ask(folder, "account end wei", code=2)["code"] == "not_found"


def test_a_lost_password_is_replaced_and_the_old_one_opens_nothing(folder: Path) -> None:
    old = ask(folder, "account add wei --role tester --name Wei")["password"]
    new = ask(folder, "account password wei")["password"]
    assert asyncio.run(logged_in(folder, "wei", old))[0].status_code == 401
    assert asyncio.run(logged_in(folder, "wei", new))[0].status_code == 201


def test_an_officer_of_a_provider_has_no_password_to_replace(folder: Path, database: Database) -> None:
    with database.writing() as session:
        known = {"issuer": "https://id.example", "subject": "1"}
        session.add(Account(role="officer", login="oidc:1", password_hash="", name="Wei", area="37", **known))
    assert ask(folder, "account password oidc:1", code=2)["code"] == "conflict"
    ask(folder, "account end oidc:1")


@pytest.mark.parametrize("registry", REGISTRIES)
def test_what_a_registry_wants_is_asked_before_there_is_a_unit(folder: Path, registry: str) -> None:
    of_unit, of_landlord = facts_at(registry)
    ask(folder, f"{OWNER} --email m@example.org", "--name", "Mira Holm", *with_facts(of_landlord))
    home = f"unit add LOFT-1 --registry {registry} {HOME.format(where='sandbox')}"
    for path in REGISTRIES[registry].facts.unit:
        if path in of_unit:
            less = {name: text for name, text in of_unit.items() if name != path}
            assert path in ask(folder, home, *with_facts(less), code=2)["sentence"]
    ask(folder, home, *with_facts(of_unit))


@pytest.mark.parametrize(
    ("words", "more", "says"),
    [
        ("account add mi --role tester --name Wei", (), "3 to 80"),
        ("account add mira --role tester --name Wei", (), "already in use"),
        ("account add wei --role officer --name Wei", (), "area"),
        ("account add noor --role landlord --name Noor", (), "phone number"),
        ("account add noor --role landlord --phone 1 --name Noor", ("--fact", "shoe=44"), "shoe"),
        ("account add noor --role landlord --phone 1 --name Noor", ("--fact", "shoe"), "PATH=TEXT"),
        (f"unit add L:1 --registry sandbox {HOME.format(where='sandbox')}", (), "code"),
        (f"unit add L-1 --registry sandbox {HOME.format(where='xx')}", (), "jurisdictions"),
        (f"unit add L-1 --registry nowhere {HOME.format(where='sandbox')}", (), "registries"),
        (f"unit add L-1 --registry es {HOME.format(where='es')}", (), "landlord.registered_as"),
        (f"unit add L-1 --registry sandbox {HOME.format(where='sandbox')}", ("--timezone", "Mars/Base"), "IANA"),
        (f"unit add L-1 --registry sandbox {HOME.format(where='sandbox')}", ("--landlord", "nobody"), "account"),
        (f"unit add L-1 --registry sandbox {HOME.format(where='sandbox')}", ("--fact", "roof=red"), "roof"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_and_nothing_is_made(
    folder: Path, database: Database, words: str, more: tuple[str, ...], says: str
) -> None:
    ask(folder, OWNER, "--name", "Mira Holm")
    refused = ask(folder, words, *more, code=2)
    assert says in refused["sentence"] + refused["what_to_do"]
    with database.reading() as session:
        assert session.scalars(select(Account.login)).all() == ["mira"]
        assert session.scalars(select(Unit)).all() == []


@pytest.mark.parametrize(
    ("registries", "facts", "option", "sentence"),
    [
        ("es", {"registered_as": "01234567890"}, "--fact registered_as", "at most 10 characters"),
        ("es --registry webhook", {"es:registered_as": "X" * 11}, "--fact es:registered_as", "at most 10 characters"),
        ("cz", {"registered_as": "12/AB"}, "--fact registered_as", "2016201258899/AAKLI"),
        ("cz", {"address.street": ""}, "--address", "Lennonova 123/15"),
        (
            "pt",
            {"landlord.phone": "+34910000000", "landlord.email": "m@example.org"},
            "--fact landlord.phone",
            "at most 10 digits",
        ),
    ],
)
def test_a_fact_that_a_registry_would_refuse_is_refused_with_its_option_and_nothing_is_made(
    folder: Path, database: Database, registries: str, facts: dict[str, str], option: str, sentence: str
) -> None:
    ask(folder, OWNER, "--name", "Mira Holm")
    of_unit, of_landlord = facts_at(registries.partition(" ")[0])
    known = of_unit | {f"landlord.{path}": text for path, text in of_landlord.items()}
    given = with_facts({path: text for path, text in (known | facts).items() if text})
    refused = ask(folder, f"unit add L-1 --registry {registries} {HOME.format(where='sandbox')}", *given, code=2)
    assert refused["code"] == "input_refused"
    assert f"{option}: " in refused["sentence"], refused
    assert sentence in refused["sentence"], refused
    with database.reading() as session:
        assert session.scalars(select(Unit)).all() == []


def test_a_units_code_is_not_given_twice(folder: Path) -> None:
    ask(folder, OWNER, "--name", "Mira Holm")
    home = f"unit add LOFT-1 --registry sandbox {HOME.format(where='sandbox')}"
    ask(folder, home)
    assert ask(folder, home, code=2)["code"] == "conflict"
