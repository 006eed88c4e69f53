"""How a traveller of the crowd registers: submits, answers what the page refuses once, and waits for a decision."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import select

from api.services.tenant.family import ChildForm, declare_child
from benchmarks.parties.answers import SECOND_ANSWERS
from benchmarks.parties.people import Document, Traveller
from benchmarks.stages.reception import Reception
from benchmarks.stages.travellers import facts_asked, reading_of, submission, typed_fields
from certs.holder import sign_statement
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.domain.keys.holder_statements import child_statement
from gateway.domain.keys.key import Proof
from gateway.identity.examination import Submission
from gateway.journey.tenants import onboarding
from gateway.registries import REGISTRIES
from gateway.store import Key, Verification

MAX_REFUSALS: Final = 2  # first as they are, then with what the page asked for
IN_FORM: Final = {"document.number": "id_number", "document.kind": "document_kind",
                  "document.issuing_country": "issuing_state", "document": "id_number"}  # fmt: skip
# whose sentence asks a refugee for the country of citizenship
CITIZENSHIP_ASKED: Final = ("it", "ross1000", "si", "hr")
ADDRESS: Final = "residence."
CHILD_FIELDS: Final = (
    "surname", "given_names", "birth_date", "nationality", "sex", "document_kind", "id_number", "issuing_state",
)  # fmt: skip


@dataclass
class Outcome:
    """What became of one traveller at the door. `refused`: the fields, or the reason, of each try that was refused."""

    traveller: Traveller
    person: str = ""
    token: str = ""
    decided: bool = False
    refused: list[tuple[str, ...]] = field(default_factory=list)


async def check_in(reception: Reception, traveller: Traveller, token: str) -> Outcome:
    """One adult registers by this link; a person passes the case where there is one."""
    reception.consent(token)
    outcome = Outcome(traveller, token=token)
    document: Document | None = traveller.documents[0]
    kinds, asked = reception.profile.document_kinds, REGISTRIES[reception.registry].facts
    while document is not None and len(outcome.refused) <= MAX_REFUSALS:
        reception.identity.readings[document.number.encode()] = reading_of(traveller, document, reception.today)
        sent = submission(traveller, document, reception.profile, asked)
        sent = answered(sent, traveller, document, reception, outcome) if outcome.refused else sent
        try:
            case = await reception.gateway.tenant_registration.register(token, sent, _holder(reception, sent))
        except InputRefused as error:
            outcome.refused.append(tuple(fields_of(error)) or (error.code,))
            if "document_kind" in outcome.refused[-1]:
                document = traveller.document(tuple(kinds), document) or document
            continue
        if case.state == "refused":
            outcome.refused.append(tuple(case.reasons))
            document = (
                traveller.document(tuple(kinds), document) if "document_kind_not_accepted" in case.reasons else None
            )
            continue
        if case.state == "review" and not _pass(reception, case, outcome):
            continue
        outcome.person = case.person_id or ""
        break
    return outcome


def _holder(reception: Reception, sent: Submission) -> Any:
    return None if sent.camera == "kiosk" else reception.phone.public_key()


def _pass(reception: Reception, case: Verification, outcome: Outcome) -> bool:
    """A person passes the case, or asks the tenant again for the fields that the registry would refuse."""
    outcome.decided = True
    try:
        reception.decide(case.id, "pass")
    except InputRefused as error:
        outcome.refused.append(tuple(fields_of(error)) or (error.code,))
        reception.decide(case.id, "ask_again", "Please complete your information.")
        return False
    return True


def answered(
    sent: Submission, traveller: Traveller, document: Document, reception: Reception, outcome: Outcome
) -> Submission:
    """The submission with right answers in the fields that were refused so far; nothing else changes."""
    wrong = {IN_FORM.get(name, name) for refusal in outcome.refused for name in refusal}
    if any(name.startswith(ADDRESS) for name in wrong):
        wrong |= {name for name in sent.facts if name.startswith(ADDRESS)}  # whoever mends an address reads all of it
    right = typed_fields(traveller, document, reception.profile)
    zone = {"surname": traveller.person.zone_surname, "given_names": traveller.person.zone_given_names}
    right |= {name: text for name, text in zone.items() if name in right and name in wrong}
    typed = {
        **sent.typed,
        **{name: second_answer(name, right[name], reception.registry) for name in wrong if name in right},
    }
    known = facts_asked(
        traveller, document, (*traveller.knows, *document.known), REGISTRIES[reception.registry].facts.only_if
    )
    facts = {**sent.facts, **{path: SECOND_ANSWERS.get(known[path], known[path]) for path in wrong if path in known}}
    return replace(sent, typed=typed, facts=facts)


def second_answer(name: str, text: str, registry: str) -> str:
    """What a person answers whose first answer was right, and is not taken by the registry."""
    corrected = name == "sex" or (name == "nationality" and registry in CITIZENSHIP_ASKED)
    return SECOND_ANSWERS.get(text, text) if corrected else text


def fields_of(error: LodgekeyError) -> Iterator[str]:
    """The fields that a refusal names."""
    listed: Any = error.extra.get("fields") or [{"field": error.extra.get("field", "")}]
    for item in listed:
        name = item["field"] if isinstance(item, dict) else str(item)
        if name:
            yield name.removeprefix("person.")


def declare(reception: Reception, traveller: Traveller, adult: Outcome) -> Outcome:
    """The adult declares a child on the phone that holds the key."""
    outcome = Outcome(traveller)
    key_id = key_of(reception, adult.person)
    asked = REGISTRIES[reception.registry].facts.of_tenant
    document = traveller.document(reception.profile.document_kinds)
    with_document = not reception.profile.no_document_under or document is None
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


def _signed(reception: Reception, key_id: str, fields: Mapping[str, str]) -> ChildForm:
    text = json.dumps(fields, ensure_ascii=False)
    proof = Proof(reception.now, f"crowd-{abs(hash(text)) % 10**12}", b"")
    signature = sign_statement(child_statement(key_id, proof, text), reception.phone)
    return ChildForm(
        at=proof.at, nonce=proof.nonce, signature=urlsafe_b64encode(signature).decode().rstrip("="), person=text
    )


def take_key(reception: Reception, outcome: Outcome) -> None:
    """Somebody who registered at the kiosk opens the link on a phone of their own, which gets the key."""
    with reception.gateway.database.writing() as session:
        offer = onboarding.get_offer(session, outcome.token, reception.gateway.keyring, reception.now)
        onboarding.hand_over(session, offer, reception.phone.public_key(), reception.gateway.keyring, reception.now)


def key_of(reception: Reception, person: str) -> str:
    """The id of a person's key."""
    with reception.gateway.database.reading() as session:
        return session.scalars(select(Key.id).where(Key.person_id == person)).first() or ""


def offer_of_person(reception: Reception, outcome: Outcome) -> Any:
    """The offer by which somebody registered, in a session of its own."""
    with reception.gateway.database.reading() as session:
        return onboarding.get_offer(session, outcome.token, reception.gateway.keyring, reception.now)
