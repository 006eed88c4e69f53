"""The page of firmware: versions of the fleet, their end of support, and roll-outs to stop, resume or abort."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Gate, Tester, check_origin
from api.services.devices.firmware import ACTS, act_on_roll_out, overview
from api.web.shell.forms import fault_values, shown_again
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError, NotFound
from gateway.texts.marks import N_

router = APIRouter(prefix="/tester/firmware", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_firmware(request: Request, gateway: Gate, _account: Tester) -> Response:
    """Show versions and roll-outs."""
    return firmware_page(request, gateway)


def firmware_page(request: Request, gateway: Gateway, error: LodgekeyError | None = None) -> Response:
    """Return the page, with an error if there was one."""
    with gateway.database.reading() as session:
        found = overview(session, gateway.authority.publisher, gateway.now())
    values = {"role": "tester", **found, **fault_values(language_of(request), error)}
    return page(request, "tester/firmware.html", values, error.status if error else 200)


def firmware_again(error: LodgekeyError, request: Request, gateway: Gate) -> Response:
    """Return the page with the error of a form on it."""
    return firmware_page(request, gateway, error)


@router.post("/{roll_out_id}/acts")
@shown_again(firmware_again)
def act(
    request: Request,
    gateway: Gate,
    _account: Tester,
    roll_out_id: str,
    act: Annotated[str, Form(max_length=20)],
) -> Response:
    """Stop, resume or abort a roll-out."""
    check_origin(request)
    if act not in ACTS:
        raise NotFound(N_("There is no such roll-out."))
    with gateway.database.writing() as session:
        act_on_roll_out(session, roll_out_id, act, gateway.now())
    return go("/tester/firmware")
