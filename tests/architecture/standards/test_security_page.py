"""The tables of docs/security.md are those of the code."""

from gateway.domain.accounts.password import MAX_LENGTH, MIN_LENGTH, WORDS
from gateway.domain.accounts.staff_rights import RIGHTS
from gateway.registering.attempts import RATES
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "security.md"


def cells(first: str) -> list[list[str]]:
    """Cells of each row of the table whose heading begins with `first`."""
    table = PAGE.read_text(encoding="utf-8").partition(f"\n| {first} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_page_names_every_limit() -> None:
    rates = {
        f"`{action}`": f"{rate.amount} in {rate.multiples} {rate.GRANULARITY.name}{'s' if rate.multiples > 1 else ''}"
        for action, rate in RATES.items()
    }
    assert {row[0]: row[1] for row in cells("action")} == rates


def test_the_page_names_the_rights_of_every_role() -> None:
    rights = {f"`{role}`": ", ".join(f"`{right}`" for right in sorted(held)) for role, held in RIGHTS.items()}
    assert {row[0]: row[1] for row in cells("role among a landlord's staff")} == rights


def test_the_page_names_the_words_of_passwords() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [word for word in WORDS if f"`{word}`" not in text] == []
    assert f"{MIN_LENGTH} to {MAX_LENGTH} characters" in " ".join(text.split())
