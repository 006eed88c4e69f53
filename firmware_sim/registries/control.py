"""Control interface of every simulated registry: behaviour and records, for testers and tests."""

import hmac
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from firmware_sim.registries import clock
from firmware_sim.registries.behaviour import Behaviour, BehaviourGate, BehaviourSwitch
from firmware_sim.registries.store import Alteration, RecordStore


class BehaviourForm(BaseModel):
    """Behaviour, number of requests, requests before it, and delay in seconds."""

    model_config = ConfigDict(extra="forbid")
    behaviour: Behaviour
    times: int | None = Field(default=None, ge=1)
    delay_s: float = Field(default=0.0, ge=0, le=86_400)
    skip: int = Field(default=0, ge=0)


class ClockForm(BaseModel):
    """How many seconds the authority's clock is ahead of the machine's."""

    model_config = ConfigDict(extra="forbid")
    ahead_s: int = Field(ge=0, le=366 * 86_400)


class AlterForm(BaseModel):
    """What somebody else did to a record: cancelled it, lost it, restored it, or replaced one text in it by another."""

    model_config = ConfigDict(extra="forbid")
    receipt: str = Field(min_length=1)
    done: Alteration
    old: str = ""
    new: str = ""


def bearer_check(token: str) -> Callable[..., None]:
    """Return a dependency that requires the bearer token."""

    def check(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "the token is missing or wrong")

    return check


def _control_router(switch: BehaviourSwitch, store: RecordStore, token: str) -> APIRouter:
    router = APIRouter(prefix="/control", dependencies=[Depends(bearer_check(token))])

    @router.post("/behaviour")
    def set_behaviour(form: BehaviourForm) -> dict[str, Any]:
        switch.set(form.behaviour, times=form.times, delay_s=form.delay_s, skip=form.skip)
        return form.model_dump()

    @router.get("/behaviour")
    def show_behaviour() -> dict[str, Any]:
        return {"behaviour": switch.behaviour, "times": switch.times, "behaviours": list(Behaviour)}

    @router.post("/decide")
    def decide_all() -> dict[str, bool]:
        store.decide(time.time())
        return {"decided": True}

    @router.post("/alter")
    def alter(form: AlterForm) -> dict[str, Any]:
        store.alter(form.receipt, form.done, form.old, form.new)
        return form.model_dump()

    @router.post("/clock")
    def set_clock(form: ClockForm) -> dict[str, Any]:
        clock.set_ahead(form.ahead_s)
        return form.model_dump()

    @router.get("/records")
    def list_records() -> list[dict[str, Any]]:
        return [asdict(row) for row in store.every()]

    return router


def registry_app(title: str, store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """Create an application with behaviours and control, to which a registry adds its routes."""
    app = FastAPI(title=title, docs_url=None, redoc_url=None)
    app.include_router(_control_router(switch, store, token))
    app.add_middleware(BehaviourGate, switch=switch)
    return app
