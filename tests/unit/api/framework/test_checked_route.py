"""Text that cannot be stored and deep JSON, at every route that takes a body."""

from collections.abc import Iterator
from json import dumps
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.params import Form
from fastapi.routing import APIRoute, iter_route_contexts
from hypothesis import given
from hypothesis import strategies as st

from api.framework.checked_route import CheckedRoute, depth_of
from tests.parts.house import House, refused
from tests.unit.api.test_closed_routes import filled

BAD_JSON: Final = {
    "a NUL": b'{"x": "a\\u0000b"}',
    "a NUL in a name": b'{"\\u0000": 1}',
    "a lone surrogate": b'{"x": "\\ud800"}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 40 + b"1" + b"}" * 40,
    "a number of 5,000 digits": b'{"x": ' + b"1" * 5000 + b"}",
    "no UTF-8": b'{"x": "\xff"}',
}


def body_routes(app: FastAPI, *, forms: bool) -> Iterator[tuple[str, str]]:
    """Method and path of each route that takes a form, or JSON."""
    for context in iter_route_contexts(app.routes):
        route = context.route
        if not isinstance(route, APIRoute) or route.body_field is None:
            continue
        if isinstance(route.body_field.field_info, Form) is forms:
            yield from ((method, filled(str(context.path))) for method in route.methods or ())


def test_every_route_is_checked(house: House) -> None:
    found = [context.route for context in iter_route_contexts(house.app.routes)]
    assert [route.path for route in found if isinstance(route, APIRoute) and not isinstance(route, CheckedRoute)] == []


@pytest.mark.parametrize("name", BAD_JSON)
async def test_no_route_takes_json_that_cannot_be_stored(house: House, name: str) -> None:
    client, asked = house.client(), list(body_routes(house.app, forms=False))
    assert len(asked) > 25
    for method, path in asked:
        answer = await client.request(
            method, path, content=BAD_JSON[name], headers={"Content-Type": "application/json"}
        )
        refused(answer, 422, "input_refused")


async def test_no_form_takes_a_nul(house: House) -> None:
    client, asked = house.client(), list(body_routes(house.app, forms=True))
    assert len(asked) > 15
    for method, path in asked:
        answer = await client.request(method, path, data={"x": "a\0b"})
        assert answer.status_code == 422, (method, path)


@pytest.mark.parametrize("path", ["/api/v1/stays/a%00b", "/api/v1/units?x=%00", "/landlord/units/%00"])
async def test_no_address_takes_a_nul(house: House, path: str) -> None:
    assert (await house.client("landlord-a").get(path)).status_code == 422


JSON_VALUES: Final = st.recursive(
    st.none() | st.text(alphabet='[]{}\\"a'), lambda parts: st.lists(parts) | st.dictionaries(st.text('[{"'), parts)
)


@given(JSON_VALUES)
def test_the_depth_is_that_of_the_value(value: object) -> None:
    assert depth_of(dumps(value).encode()) == depth(value)


def depth(value: object) -> int:
    """Nesting of lists and dicts."""
    match value:
        case list():
            return 1 + max(map(depth, value), default=0)
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
    return 0
