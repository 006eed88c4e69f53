"""A landlord's answer to a tenant who asks for another end of the stay."""

from typing import Literal

from api.services.presenters import date_request_shown
from api.services.schemas import DateRequestShown, Strict
from gateway.bootstrap import Gateway
from gateway.journey.stays import date_requests as steps
from gateway.journey.stays.landlord import stay_of


class AnswerForm(Strict):
    """What the landlord answers to a request for other dates."""

    answer: Literal["agree", "decline"]


def answer_date_request(gateway: Gateway, landlord_id: str, stay_id: str, form: AnswerForm) -> DateRequestShown:
    """Agree to the tenant's request, which changes the stay, or decline it.

    Raises NotFound, or Conflict where the stay cannot have these dates.
    """
    with gateway.database.writing() as session:
        stay = stay_of(session, stay_id, landlord_id)
        agreed = form.answer == "agree"
        return date_request_shown(
            steps.answer_date_request(session, stay, agreed=agreed, keyring=gateway.keyring, now=gateway.now())
        )
