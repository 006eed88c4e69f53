"""The simulated registries by name: how an adapter is set up for each, and what it knows of a demonstration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.china.service import china_app
from firmware_sim.registries.italy import service as italy
from firmware_sim.registries.italy.service import italy_app
from firmware_sim.registries.portugal import service as portugal
from firmware_sim.registries.portugal.service import portugal_app
from firmware_sim.registries.sandbox.service import sandbox_app
from firmware_sim.registries.spain import service as spain
from firmware_sim.registries.spain.service import spain_app
from firmware_sim.registries.store import RecordStore
from firmware_sim.registries.webhook.service import webhook_app

_RESIDENCE = {
    "person.residence.street": "5 Main Street",
    "person.residence.postal_code": "10001",
    "person.residence.municipality": "New York",
    "person.residence.country": "USA",
}
_SPAIN = {
    "unit.jurisdiction": "es",
    "unit.timezone": "Europe/Madrid",
    "unit.registered_as": "0000000456",
    "landlord.registered_as": spain.LANDLORD,
    "person.phone": "+12125550100",
    **_RESIDENCE,
}
_ITALY = {"unit.jurisdiction": "it", "unit.timezone": "Europe/Rome", "person.birth_country": "DEU"}
_PORTUGAL = {
    "unit.jurisdiction": "pt",
    "unit.timezone": "Europe/Lisbon",
    "unit.registered_as": portugal.ESTABLISHMENT,
    "unit.name": "Casa do Porto",
    "unit.address.municipality": "Lisboa",
    "unit.address.postal_code": "1100-053",
    "landlord.registered_as": portugal.UNIT,
    "landlord.phone": "+351210000000",
    "landlord.email": "senhorio@example.org",
    "person.residence.country": "USA",
}
_CHINA = {
    "unit.jurisdiction": "cn-33",
    "unit.timezone": "Asia/Shanghai",
    "unit.address.municipality_code": "330106",
    "person.visa.kind": "none",
}


@dataclass(frozen=True, slots=True)
class Simulator:
    """One simulated registry: its application, its path, how an adapter is set up for it and whom it knows."""

    app: Callable[[RecordStore, str, BehaviourSwitch], FastAPI]
    path: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)  # besides url and token_file
    secrets: tuple[str, ...] = ()  # settings that are the path of the secret too
    facts: Mapping[str, str] = field(default_factory=dict)  # what a passport does not say and a record must, by path


SIMULATORS: dict[str, Simulator] = {
    "sandbox": Simulator(sandbox_app),
    "es": Simulator(
        spain_app,
        "/hospedajes-web/ws/v1/comunicacion",
        {"user": spain.USER, "landlord": spain.LANDLORD, "poll_after_s": "1"},
        facts=_SPAIN,
    ),
    "it": Simulator(italy_app, "/service/service.asmx", {"user": italy.USER}, ("wskey_file",), _ITALY),
    "pt": Simulator(
        portugal_app,
        "/baws/boletinsalojamento.asmx",
        facts=_PORTUGAL,
    ),
    "cn": Simulator(china_app, facts=_CHINA),
    "webhook": Simulator(webhook_app, "/hook", {"allowed": "127.0.0.0/8"}),
}
