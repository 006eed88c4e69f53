"""Writes the tables of docs/guides/privacy.md: `python -m tests.architecture.docs.retention_tables`."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.domain.jurisdiction import Profile, load_profiles
from gateway.domain.retention.columns import COLUMNS, NOTHING, STAFF, TENANTS
from gateway.domain.retention.rules import RULES, Period, Rows, Rule
from gateway.domain.retention.times import USE_DAYS
from tests.architecture.source import ROOT

PAGE: Final = ROOT / "docs" / "guides" / "privacy.md"
BEGIN: Final = "<!-- begin: written by python -m tests.architecture.docs.retention_tables -->\n"
END: Final = "<!-- end -->\n"
WHEN: Final[Mapping[Period, str]] = {
    "checked": "at the end of the time of results",
    "used": f"{USE_DAYS} days after the stay",
    "registered": "at the end of the time of records",
    "filed": "at the end of the time of receipts",
    "aged": "",
    "elsewhere": "",
    "for good": "",
}
WHICH: Final[Mapping[Rows, str]] = {
    "": "",
    "of doors": " of doors and keys",
    "of accounts": " of accounts and of the gateway",
    "in no feed": " of the stay that are not in the feed",
    "in the feed": " of the feed",
    "settled": " that are settled, but of filings",
    "ended": " that have ended",
    "off the lock": " off the lock",
}


def happens(rule: Rule) -> str:
    """What a rule does and when, as a phrase."""
    rows = WHICH[rule.rows]
    if rule.act == "keep":
        return f"kept: {rule.note}"
    if rule.when == "elsewhere":
        return f"deleted: {rule.note}"
    what = f"rows{rows} deleted"
    if rule.act == "empty":
        named = ", ".join(f"`{each}`" for each in rule.columns)
        what = f"{named}{rows and ' of rows' + rows} emptied"
    if rule.when == "aged":
        return f"{what} {rule.days} days after `{rule.by}`"
    return f"{what} {WHEN[rule.when]}"


def holds(table: str) -> str:
    """What a table says of a person."""
    return "; ".join(text for text in COLUMNS[table].values() if text != NOTHING)


def table_of(tables: Iterable[str]) -> str:
    """The rows of tables that say something of a person."""
    lines = ["| table | what it says of a person | what happens, and when |", "|---|---|---|"]
    for name in tables:
        if said := holds(name):
            done = "; ".join(happens(rule) for rule in RULES if rule.table == name)
            lines.append(f"| `{name}` | {said} | {done} |")
    return "\n".join(lines) + "\n"


def days(number: int, ground: str) -> str:
    """A period with the law that asks for it."""
    return f"{number} days ({ground})" if ground else f"{number} days"


def records(profile: Profile) -> str:
    """How long records are kept, with the last day from arrival."""
    kept = days(profile.keep_registration_days, profile.registration_ground)
    last = profile.erase_days_after_arrival
    return f"{kept}, at most {last} days after arrival" if last else kept


def periods() -> str:
    """The periods of each jurisdiction, counted from the end of the stay."""
    lines = ["| jurisdiction | results of checks | records | receipts |", "|---|---|---|---|"]
    for profile in load_profiles().values():
        receipt = days(profile.keep_receipt_days, profile.receipt_ground) if profile.keep_receipt_days else "as records"
        lines.append(f"| {profile.title} | {profile.keep_evidence_days} days | {records(profile)} | {receipt} |")
    return "\n".join(lines) + "\n"


def part() -> str:
    """The generated part of the page, with its marks."""
    others = [name for name in sorted(COLUMNS) if name not in TENANTS and name not in STAFF]
    return (
        f"{BEGIN}\n### By jurisdiction\n\nCounted from the end of the stay. A law is named where it asks for the time; "
        "without one, a tenant's\nrequest ends it.\n\n"
        f"{periods()}\n### Of tenants\n\n{table_of(TENANTS)}\n### Of what was done\n\n{table_of(others)}"
        f"\n### Of who works here\n\n{table_of(STAFF)}\n{END}"
    )


def with_part(text: str) -> str:
    """The page with its generated part as it is now."""
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: part(), text, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(with_part(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
