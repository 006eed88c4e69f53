"""The page with the data of the people whom somebody registers by hand, in words and not in codes."""

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request, Response

from api.framework.dependencies import Decider, Gate
from api.services.officer import filings
from api.services.officer.by_hand import show_by_hand
from api.web.officer.cases import refuse_other_home
from api.web.shell.corrections import kind_of
from api.web.shell.countries import issuer_choices, nationality_choices
from api.web.shell.page_route import PageRoute
from api.web.shell.render import language_of, page
from gateway.domain.filings.codes.icao_states import issuing_country, nationality
from gateway.texts.families import code_text
from gateway.texts.languages import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/{home}/filings/{record_id}/data")
def show_data(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """Show what is entered for a record that is registered by hand. The reading is logged first."""
    refuse_other_home(account, home)
    language = language_of(request)
    shown = show_by_hand(gateway, account, record_id)
    tables = {
        path: {entry.code: entry.name for entry in entries}
        for path, entries in filings.tables_of(gateway, account, record_id).items()
    }
    people = [list(in_words(fields, tables, language)) for fields in shown.people]
    values = {"role": account.role, "home": f"/{account.role}", "shown": shown, "people": people}
    return page(request, "officer/by_hand.html", values)


def in_words(
    fields: Mapping[str, str], tables: Mapping[str, Mapping[str, str]], language: Language
) -> Iterator[tuple[str, str]]:
    """Return each field's name and its value in words; `tables`: by path, the names of an authority's codes."""
    for name, text in fields.items():
        yield name, tables.get(name, {}).get(text) or _word(name, text, language)


def _word(name: str, text: str, language: Language) -> str:
    kind = kind_of(name)
    if kind == "nationality":
        return dict(nationality_choices(language)).get(nationality(text), text)
    if kind in ("country", "issuer"):
        return dict(issuer_choices(language)).get(issuing_country(text), text)
    return code_text(language, kind, text) if kind in ("document", "sex", "relation") else text
