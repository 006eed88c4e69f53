"""Rules of any receiver: only the fields that are invalid everywhere."""

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.record import Registration
from gateway.texts.marks import N_


def problems(record: Registration, now: int) -> rules.Problems:  # noqa: ARG001 - the shape of all rules
    """Every field that is invalid at any receiver."""
    yield from rules.coherent(record)
    for field, value in (("reference", record.reference), ("unit.code", record.unit.code)):
        yield from rules.need(field, value)
        yield from rules.shaped(field, value, r"[A-Za-z0-9._:-]{1,64}", N_("letters, digits and . _ : - only"))
    if record.kind == "annulment":
        yield from rules.need("corrects", record.corrects)
