"""Fail closed: no parameter that identifies the caller has a default that reveals more."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

import pytest

import api
from api.services.landlord import stays
from gateway.feed.stream import Reader
from gateway.journey.devices import reports
from gateway.journey.tenants import onboarding
from gateway.store import Account, Unit
from tests.parts.house import House

WHO: Final = ("account", "owner", "landlord_id", "token")


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of pages and API, by qualified name."""
    for module in walk_packages(api.__path__, "api."):
        if module.name.startswith("api.cli"):
            continue
        for name, found in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if found.__module__ == module.name:
                yield f"{module.name}.{name}", found


def test_no_function_of_the_api_may_be_called_without_saying_who_asks() -> None:
    asked = [
        (name, parameter)
        for name, function in functions()
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name in WHO
    ]
    assert len(asked) > 60
    assert [name for name, parameter in asked if parameter.default is not inspect.Parameter.empty] == []


def test_a_reader_of_the_feed_names_its_fields_its_bound_and_how_long_it_is_entitled() -> None:
    assert [field.name for field in fields(Reader) if field.default is not MISSING] == []


@pytest.mark.parametrize("record", [reports.record_report, reports.record_reports])
def test_a_report_is_recorded_with_the_keys_it_was_verified_with(record: Callable[..., Any]) -> None:
    assert inspect.signature(record).parameters["keys"].default is inspect.Parameter.empty


async def test_without_an_area_or_a_landlord_no_case_is_found(house: House) -> None:
    tenant, _ = await house.tenant()
    await house.register(tenant)
    with house.gateway.database.reading() as session:
        assert len(session.scalars(onboarding.cases(area="370100")).all()) == 1
        assert session.scalars(onboarding.cases()).all() == []


@pytest.mark.parametrize(("staff", "links"), [("owner", 1), ("desk", 1), ("viewer", 0), (None, 0), ("", 0)])
async def test_only_an_account_with_the_right_to_act_is_shown_a_link(
    house: House, staff: str | None, links: int
) -> None:
    offer = await house.offer()
    account = Account(role="landlord", login="x", password_hash="", name="X", staff=staff)
    with house.gateway.database.reading() as session:
        landlord_id = session.get_one(Unit, house.units["a"]).landlord_id
    shown = stays.read_stay(house.gateway, landlord_id, offer["stay_id"], account)
    assert len(shown.offers) == links
