"""Books of SES.HOSPEDAJES: partes of people who stay together, of which an annulled one counts no more."""

from collections.abc import Iterator, Sequence

from lxml import etree

from benchmarks.books.visit import Row, Visit


def spanish_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """Everybody of every parte in force, with the days of its contract."""
    for row in rows:
        if row.state != "accepted" or not row.body.startswith("<"):
            continue  # an annulment has the code of what it annuls as its body
        parte = etree.fromstring(row.body)
        arrives, leaves = ((parte.findtext(f"contrato/{name}") or "")[:10] for name in ("fechaEntrada", "fechaSalida"))
        for person in parte.findall("persona"):
            yield Visit(person.findtext("fechaNacimiento") or "", arrives, leaves)
