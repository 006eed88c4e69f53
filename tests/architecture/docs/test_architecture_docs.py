"""Writes the tables of the docs that come from the code: `python -m tests.architecture.docs.test_architecture_docs`."""

from pathlib import Path

from devices.driver import Ability
from devices.drivers import DRIVERS
from tests.architecture.docs import adr_index, retention_tables, state_diagrams
from tests.architecture.source import ROOT

PAGE = Path("docs/drivers.md")
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def driver_table() -> str:
    """Table of drivers by abilities, in Markdown."""
    rows = [["driver", *(ability.value.replace("_", " ") for ability in Ability)]]
    rows.append(["---"] * len(rows[0]))
    rows += [[name, *("yes" if a in driver.abilities else "" for a in Ability)] for name, driver in DRIVERS.items()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_the_page_on_drivers_says_what_the_code_does() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == driver_table()


def test_the_page_on_states_is_drawn_from_the_tables() -> None:
    assert state_diagrams.PAGE.read_text(encoding="utf-8") == state_diagrams.page()


def test_decisions_have_one_format_and_are_all_in_the_index() -> None:
    assert {path.name[:2] for path in adr_index.decisions()} <= adr_index.AREAS.keys()
    assert adr_index.PAGE.read_text(encoding="utf-8") == adr_index.page()


def test_the_guide_on_personal_data_says_what_the_retention_job_does() -> None:
    text = retention_tables.PAGE.read_text(encoding="utf-8")
    assert retention_tables.part() in text, "python -m tests.architecture.docs.retention_tables"


def write_page() -> None:
    """Replace the table on its page."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    (ROOT / PAGE).write_text(head + BEGIN + driver_table() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write_page()
