"""How a traveller of the crowd registers: submits, answers what the page refuses once, and waits for a decision."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import select

from api.services.schemas import UnlockForm
from api.services.tenant.shared_phone import begin_registration, follow_hand_over, hand_over_link, registering_token
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.travellers import facts_asked, reading_of, submission, typed_fields
from benchmarks.parties.answers import SECOND_ANSWERS
from benchmarks.parties.people import Document, Traveller
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.domain.keys.holder_statements import companion_statement
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


@dataclass
class Outcome:
    """What became of one traveller at the door. `refused`: the fields, or the reason, of each try that was refused.

    As the crowd did it, and not as the gateway has it, in UTC seconds: `came` and `left`, if not with the stay;
    `leaves`, if a departure of their own was told ahead; `changes`, when anything was told anew.
    """

    traveller: Traveller
    person: str = ""
    token: str = ""
    with_document: bool = True
    decided: bool = False
    refused: list[tuple[str, ...]] = field(default_factory=list)
    came: int | None = None
    left: int | None = None
    leaves: int | None = None
    changes: list[int] = field(default_factory=list)


async def check_in(
    reception: Reception, traveller: Traveller, token: str, *, phone_of_another: bool = False
) -> Outcome:
    """One adult registers by this link; a person passes the case where there is one.

    `phone_of_another`: on the first adult's phone, which does not get this adult's key.
    """
    reception.consent(token)
    outcome = Outcome(traveller, token=token)
    holder = None if phone_of_another else reception.phone.public_key()
    document: Document | None = traveller.documents[0]
    kinds, asked = reception.profile.document_kinds, REGISTRIES[reception.registry].facts
    while document is not None and len(outcome.refused) <= MAX_REFUSALS:
        reception.identity.readings[document.number.encode()] = reading_of(traveller, document, reception.today)
        sent = submission(traveller, document, reception.profile, asked)
        sent = answered(sent, traveller, document, reception, outcome) if outcome.refused else sent
        try:
            case = await reception.gateway.tenant_registration.register(
                token, sent, holder if sent.camera == "phone" else None
            )
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


def take_key(reception: Reception, outcome: Outcome) -> None:
    """Somebody who registered without a phone opens the link on a phone of their own, which gets the key."""
    with reception.gateway.database.writing() as session:
        offer = onboarding.get_offer(session, outcome.token, reception.gateway.keyring, reception.now)
        onboarding.hand_over(session, offer, reception.phone.public_key(), reception.gateway.keyring, reception.now)


def key_of(reception: Reception, person: str) -> str:
    """The id of a person's key."""
    with reception.gateway.database.reading() as session:
        return session.scalars(select(Key.id).where(Key.person_id == person)).first() or ""


def share_phone(reception: Reception, first: Outcome) -> str:
    """The first adult lets another one register on their phone; the token of that adult's offer."""
    key = key_of(reception, first.person)
    form = UnlockForm(**reception.sign(lambda proof: companion_statement(key, proof)))
    return registering_token(reception.gateway, begin_registration(reception.gateway, key, form, ""))


def take_key_home(reception: Reception, outcome: Outcome) -> None:
    """Who registered on another's phone opens the link shown there on a phone of their own, which gets the key."""
    link = hand_over_link(reception.gateway, outcome.token)
    outcome.token = follow_hand_over(reception.gateway, link.url.rpartition("/")[2], "")
    take_key(reception, outcome)
