"""The tenant's correction of a refused registration, from the page of the key."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Gate, OfferToken
from api.services.tenant.corrections import OwnCorrectionForm, correct_own
from api.web.shell.corrections import checked_form, fields_in, refused_correction
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of
from api.web.tenant.pages import key_page
from gateway.domain.errors import LodgekeyError

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/key/correction")
async def correct(
    request: Request,
    gateway: Gate,
    token: OfferToken,
    registration: Annotated[str, Form(max_length=36)],
    person: Annotated[int, Form(ge=1, le=200)] = 1,
) -> Response:
    """Correct the fields that are filled in; show the page again with what was typed if one is refused."""
    given = fields_in(dict(await request.form()))
    try:
        form = checked_form(OwnCorrectionForm, registration=registration, person=person, fields=given)
        correct_own(gateway, token, form)
    except LodgekeyError as error:
        sent = refused_correction(error, registration, person, given, language_of(request))
        return key_page(request, gateway, token, sent, error)
    return go("/key?done=keypage.done.corrected")
