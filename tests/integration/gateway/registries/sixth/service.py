"""The simulated guest book; in the product it would be a folder of firmware_sim/registries."""

from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.control import bearer_check, registry_app
from firmware_sim.registries.json_books import Filing, JsonBooks, Layout
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.store import RecordStore


class Guest(BaseModel):
    """One guest, with names in capitals."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    id: str
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z '-]*$")]
    country: Annotated[str, Field(alias="from", pattern=r"^[A-Z]{3}$")]
    reached_at: Annotated[str, Field(min_length=1)]


class Page(BaseModel):
    """One record."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["check_in", "change", "check_out"]
    house: Annotated[str, Field(pattern=r"^H-\d+$")]
    guests: list[Guest]


def guest_book(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """PUT and GET /v1/guests/{reference}."""
    app = registry_app("Simulated guest book", store, token, switch)
    allowed, books = [Depends(bearer_check(token))], JsonBooks(store, _LAYOUT)

    @app.put("/v1/guests/{reference}", dependencies=allowed)
    def file(reference: str, page: Page, request: Request) -> JSONResponse:
        filing = Filing(reference, page.model_dump_json(), [guest.id for guest in page.guests], None)
        return books.file(filing, request.scope["behaviour"], request.scope["behaviour_delay"])

    return app


def _error(code: str, sentence: str) -> JSONResponse:
    return JSONResponse({"code": code, "sentence": sentence}, 422)


_LAYOUT = Layout(
    other_record=("2", "Another record has this reference."),
    refused=("9", "The book is closed."),
    person_refused=("9", "The book is closed."),
    error=_error,
    pending=lambda _, seconds: {"seconds": seconds},
    answer=lambda rows: {"number": rows[0].receipt},
    contradiction=lambda entry: {"number": f"0{entry['number']}"},
    list_name="entries",
)
SIMULATOR = Simulator("xx", guest_book, facts={"unit.registered_as": "H-1", "person.residence.country": "USA"})
