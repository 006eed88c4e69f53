"""How an adult of the crowd declares a child, and answers what the page refuses."""

import json
from collections.abc import Mapping
from typing import Final

from api.services.tenant.child_document import read_child_document
from api.services.tenant.family import ChildForm, declare_child
from benchmarks.crowds.check_in import IN_FORM, MAX_REFUSALS, Outcome, fields_of, key_of, second_answer
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.travellers import facts_asked, reading_of, typed_fields
from benchmarks.parties.answers import SECOND_ANSWERS
from benchmarks.parties.people import Document, Traveller
from gateway.domain.errors import InputRefused
from gateway.domain.keys.holder_statements import child_statement
from gateway.registries import REGISTRIES

CHILD_FIELDS: Final = (
    "surname", "given_names", "birth_date", "nationality", "sex", "document_kind", "id_number", "issuing_state",
)  # fmt: skip


async def declare(reception: Reception, traveller: Traveller, adult: Outcome) -> Outcome:
    """The adult declares a child on the phone that holds the key, by typing or from a photograph of the document."""
    outcome = Outcome(traveller, token=adult.token)
    key_id = key_of(reception, adult.person) if adult.person else ""
    if not key_id:
        outcome.refused.append(("no_adult_registered",))
        return outcome
    asked = REGISTRIES[reception.registry].facts.of_tenant
    document = traveller.document(reception.profile.document_kinds)
    with_document = traveller.way == "camera" or not reception.profile.no_document_under or document is None
    while len(outcome.refused) <= MAX_REFUSALS:
        fields = _child_fields(traveller, document, reception, asked, with_document=with_document)
        if outcome.refused:
            wrong = {IN_FORM.get(name, name) for refusal in outcome.refused for name in refusal}
            with_document = with_document or bool(wrong & {"id_number", "document_kind", "issuing_state"})
            fields = _child_fields(traveller, document, reception, asked, with_document=with_document)
            zone = {"surname": traveller.person.zone_surname, "given_names": traveller.person.zone_given_names}
            fields |= {name: text for name, text in zone.items() if name in wrong and text}
            given = {name: fields[name] for name in wrong if name in fields}
            fields |= {name: second_answer(name, text, reception.registry) for name, text in given.items()}
            fields |= {name: SECOND_ANSWERS.get(text, text) for name, text in given.items() if name in asked}
        try:
            fields = await _photographed(reception, document, outcome, fields)
            outcome.with_document = "id_number" in fields
            outcome.person = declare_child(reception.gateway, key_id, _signed(reception, key_id, fields)).person
            return outcome
        except InputRefused as error:
            outcome.refused.append(tuple(fields_of(error)) or (error.code,))
    return outcome


def _child_fields(
    traveller: Traveller,
    document: Document | None,
    reception: Reception,
    asked: tuple[str, ...],
    *,
    with_document: bool,
) -> dict[str, str]:
    known = document or traveller.documents[-1]
    typed = typed_fields(traveller, known, reception.profile)
    if "name" in typed:
        typed["surname"] = typed.pop("name")
    if not (with_document and document):
        for name in ("id_number", "document_kind", "issuing_state"):
            typed.pop(name, None)
    shared = ("residence.", "phone", "email")
    facts = facts_asked(traveller, known, asked, REGISTRIES[reception.registry].facts.only_if)
    return {name: text for name, text in typed.items() if name in CHILD_FIELDS} | {
        path: text for path, text in facts.items() if not path.startswith(shared)
    }


async def _photographed(
    reception: Reception, document: Document | None, outcome: Outcome, fields: dict[str, str]
) -> dict[str, str]:
    """The form as a photograph fills it in; what that does not say, and what is corrected later, is typed."""
    traveller = outcome.traveller
    if traveller.way != "camera" or document is None or ("document",) in outcome.refused:
        return fields
    picture = document.number.encode()
    reception.identity.readings[picture] = reading_of(traveller, document, reception.today)
    read = await read_child_document(reception.gateway, outcome.token, picture)
    filled = fields if outcome.refused else {**fields, **read.fields}
    return {**filled, "reading": read.reading}


def _signed(reception: Reception, key_id: str, fields: Mapping[str, str]) -> ChildForm:
    text = json.dumps(fields, ensure_ascii=False)
    return ChildForm(person=text, **reception.sign(lambda proof: child_statement(key_id, proof, text)))
