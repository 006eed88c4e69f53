"""Books that only grow: what changes is told as a record of its own, and nothing is taken back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from lxml import etree

from benchmarks.books.visit import NO_DAY, Row, Visit, day_at

SIBA: Final = "{http://sef.pt/BAws}"
UBYPORT: Final = "{http://schemas.datacontract.org/2004/07/WS_UBY}"
Reported = tuple[str, str, Visit]  # surname, number of the document


def italian_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """Rows by position: day of arrival, days of stay, and date of birth as dd/mm/yyyy."""

    def visit(row: str) -> Visit:
        arrives = date.fromisoformat(_written(row[2:12]))
        return Visit(_written(row[95:105]), f"{arrives}", f"{arrives + timedelta(days=int(row[12:14]))}")

    return _latest((row.body[14:64], row.body[139:159], visit(row.body)) for row in rows)


def portuguese_visits(rows: Sequence[Row], zone: str) -> Iterator[Visit]:
    """Bulletins: an arrival, or an arrival with its departure."""

    def reported(bulletin: etree._Element) -> Reported:
        name, number, *moments = (
            bulletin.findtext(f"{SIBA}{field}") or ""
            for field in ("Apelido", "Documento_Identificacao", "Data_Nascimento", "Data_Entrada", "Data_Saida")
        )
        born, arrives, leaves = (day_at(moment, zone) if moment else NO_DAY for moment in moments)
        return name, number, Visit(born, arrives, leaves)

    return _latest(reported(etree.fromstring(row.body)) for row in rows)


def czech_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """Records with the first and the last day; of a birth DDMMYYYY, with 00 for what is not known."""

    def reported(guest: etree._Element) -> Reported:
        name, number, born, arrives, leaves = (
            guest.findtext(f"{UBYPORT}{field}") or "" for field in ("cSurN", "cDocN", "cDate", "cFrom", "cUntil")
        )
        known = [part for part in (born[4:8], born[2:4], born[:2]) if part.strip("0")]
        return name, number, Visit("-".join(known), arrives[:10], leaves[:10])

    return _latest(reported(etree.fromstring(row.body)) for row in rows)


def _latest(reports: Iterable[Reported]) -> Iterator[Visit]:
    """What was told last of each person, who is known by surname, number of the document and date of birth."""
    found: dict[tuple[str, str, str], Visit] = {}
    for name, number, visit in reports:
        person = name, number, visit.born
        earlier = found[person].records if person in found else 0
        found[person] = replace(visit, records=earlier + 1)
    yield from found.values()


def _written(text: str) -> str:
    """Dd/mm/yyyy as YYYY-MM-DD."""
    return "-".join(reversed(text.split("/")))
