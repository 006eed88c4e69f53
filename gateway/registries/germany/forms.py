"""The German registration form as it is printed: its words are the law's, so that an authority can read it."""

from typing import Final

from gateway.domain.birth_date import birth_date
from gateway.domain.filings.printed_form import FormLine, PrintedForm
from gateway.domain.filings.record import Registration
from gateway.registries.germany.record import Form, forms

TITLE: Final = "Besonderer Meldeschein für Beherbergungsstätten"
LAW: Final = "§ 29 Absatz 2 und § 30 Absatz 2 des Bundesmeldegesetzes (BMG)"
SIGNATURE: Final = "Datum und Unterschrift der beherbergten Person (§ 29 Absatz 2 Satz 1 BMG)"


def printed_forms(record: Registration) -> tuple[PrintedForm, ...]:
    """A form for each person who signs one."""
    return tuple(PrintedForm(TITLE, LAW, _lines(form), SIGNATURE, form.remark) for form in forms(record))


def _lines(form: Form) -> tuple[FormLine, ...]:
    """The data in the order of section 30 (2); who travels along only where somebody does."""
    lines = [
        FormLine("Datum der Ankunft", _day(form.arrival)),
        FormLine("Datum der voraussichtlichen Abreise", _day(form.departure)),
        FormLine("Familienname", form.surname),
        FormLine("Vornamen", form.given_names),
        FormLine("Geburtsdatum", _day(form.birth_date)),
        FormLine("Staatsangehörigkeiten", form.nationality),
        FormLine("Anschrift", form.address),
    ]
    if form.others:
        along = ", ".join(f"{count} × {nationality}" for nationality, count in form.others.items())
        number = f"{sum(form.others.values())} ({along})"
        lines.append(FormLine("Zahl der Mitreisenden und ihre Staatsangehörigkeit", number))
    lines.append(FormLine("Seriennummer des Passes oder Passersatzpapiers", form.document_number))
    return tuple(lines)


def _day(iso: str) -> str:
    """DD.MM.YYYY; XX for a day or month of birth that is unknown, as documents show it."""
    known = birth_date(iso)
    if known is None:
        return iso
    day, month = (f"{part:02}" if part else "XX" for part in (known.day, known.month))
    return f"{day}.{month}.{known.year:04}"
