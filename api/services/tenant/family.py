"""Those who came along with a tenant: children by declaration, adults by a link. The holder's phone signs each."""

import json
from collections.abc import Mapping
from typing import Annotated, Final

import segno
from pydantic import BaseModel, Field

from api.services.schemas import UnlockForm
from api.services.tenant.holder_proofs import proof_of
from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import instant
from gateway.domain.verification.as_typed import as_typed
from gateway.domain.verification.field_sources import FACT
from gateway.domain.verification.reading_token import reading_in
from gateway.journey.filings.destinations import asked_at, registries_of
from gateway.journey.stays import family as steps
from gateway.journey.stays.shared_facts import Declaration
from gateway.registering.tenant import known_choices, local_date, refuse_unasked
from gateway.store import Unit
from gateway.texts.marks import N_

CHILD_FIELDS: Final = (
    "surname", "given_names", "birth_date", "nationality", "sex", "document_kind", "id_number", "issuing_state",
)  # fmt: skip


class ChildForm(UnlockForm):
    """A child; signed over the lines `lodgekey-child`, key id, `at`, `nonce` and `person`.

    `person`: a JSON object of texts, surname, given_names, birth_date, nationality, sex, document_kind, id_number,
    issuing_state (the last three are left out where the child has no document), and what the registry asks of a
    tenant, by path, such as relation; `reading`, if the child's document was photographed; `same_surname`, with any
    text, instead of a surname that is the adult's; and `arrived`, when the child came (RFC 3339, or the unit's local
    time), if not on the day of declaring it. The child has the adult's residence if it has none of its own.
    """

    person: Annotated[str, Field(max_length=4000)]


class ChildDeclared(BaseModel):
    """A child who was checked in with the adult."""

    person: str


class CompanionLink(BaseModel):
    """A link by which another adult of the party registers, and gets the key on the phone that opens it.

    `qr`: the link as a QR code (ISO/IEC 18004, level M), a `data:` address of an SVG.
    """

    url: str
    qr: str


def declare_child(gateway: Gateway, key_id: str, form: ChildForm) -> ChildDeclared:
    """Check in a child whom the key's holder declares.

    Raises InputRefused for a field that the registry would refuse, ProofRefused, TooManyAttempts or Conflict.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        key = steps.declaring_key(session, key_id, proof_of(form), form.person, now)
        given = _texts_of(form.person)
        token, same_surname = given.pop("reading", ""), bool(given.pop("same_surname", ""))
        given.pop("same_residence", None)  # of the page's form, which then asks no residence
        said = given.pop("arrived", "")
        arrived = instant(said, key.stay.unit.timezone, "arrived") if said else None
        fields, refused = _declared(given, key.stay.unit, now)
        read = reading_in(token, key.stay_id, gateway.keyring.offer_secret, now) if token else {}
        declared = Declaration(fields, read, same_surname, arrived, refused)
        child = steps.declare_child(session, key, declared, gateway.keyring, now)
        gateway.attempts.hit("companion", child.stay_id)
        return ChildDeclared(person=child.id)


def invite_companion(gateway: Gateway, key_id: str, form: UnlockForm) -> CompanionLink:
    """Make a link for another adult of the party; signed over `lodgekey-companion`.

    Raises ProofRefused, TooManyAttempts or Conflict.
    """
    with gateway.database.writing() as session:
        offer = steps.invite_companion(session, key_id, proof_of(form), gateway.now())
        gateway.attempts.hit("companion", offer.stay_id)
        url = f"{gateway.settings.address}/o/{token_of(offer.id, gateway.keyring.offer_secret)}"
        return CompanionLink(url=url, qr=segno.make(url, error="m").svg_data_uri(border=2, scale=4))


def _texts_of(text: str) -> dict[str, str]:
    """The texts of a JSON object by name. Raises InputRefused for anything else."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise InputRefused(N_("The child's information could not be read. Reload the page."), field="person")
    return given


def _declared(given: Mapping[str, str], unit: Unit, now: int) -> tuple[dict[str, str], tuple[InputRefused, ...]]:
    """The fields of a declared child as a verification stores them, and what is wrong with facts among them.

    Names of an authority's table are codes. Raises InputRefused for a field that is not asked.
    """
    typed = as_typed(given)
    facts = {name: text for name, text in typed.items() if name not in CHILD_FIELDS}
    refuse_unasked(facts, asked_at(unit).of_tenant)
    known, refused = known_choices(registries_of(unit), facts, local_date(unit, now))
    fields = {name: text for name, text in typed.items() if name in CHILD_FIELDS}
    return fields | {FACT + path: text for path, text in known.items()}, refused


def complete_party(gateway: Gateway, key_id: str, form: UnlockForm) -> None:
    """Send what waited for others of the party; signed over `lodgekey-party`.

    Raises ProofRefused, TooManyAttempts or Conflict.
    """
    with gateway.database.writing() as session:
        steps.complete_party(session, key_id, proof_of(form), gateway.now())
