"""The operator reads the log of sign-ins on the command line."""

import asyncio
from pathlib import Path

from tests.unit.api.cli.commands.test_setting_up import ask, logged_in


def test_attempts_are_listed_by_account_and_by_result(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    ask(folder, "db migrate")
    password = ask(folder, "account add wei --role tester --name Wei")["password"]
    asyncio.run(logged_in(folder, "wei", password))
    asyncio.run(logged_in(folder, "wei", "wrong"))
    asyncio.run(logged_in(folder, "a-password-typed-here", "x"))
    found = ask(folder, "account attempts")
    assert sorted((str(row["login"]), row["outcome"], row["count"]) for row in found) == [
        ("None", "unknown_login", 1),
        ("wei", "accepted", 1),
        ("wei", "wrong_password", 1),
    ]
    assert "a-password-typed-here" not in str(found)
    (refused,) = ask(folder, "account attempts --login wei --refused")
    assert (refused["outcome"], refused["method"], refused["network"]) == ("wrong_password", "password", "127.0.0.0/24")
