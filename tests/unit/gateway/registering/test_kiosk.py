"""What a kiosk is told of an offer before scanning, and what the gateway withholds."""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from certs.errors import Unsealable
from certs.keys import compressed_point, new_private_key
from certs.sealing import answer_context, open_sealed, question_context, registration_context, seal
from devices.link import Received
from devices.reports import Happened
from devices.wire.kiosk.offer_question import OfferQuestion, OfferSummary, decode_summary, encode_question
from devices.wire.kiosk.registration import KioskRegistration, encode_registration
from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.domain.filings.refusal import FieldsRefused, reason_sentence
from gateway.domain.stays.offer import kiosk_code, offer_of
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.stays.landlord import end_stay
from gateway.registering.attempts import RATES
from gateway.registering.kiosk import lines_of
from gateway.settings import Settings
from gateway.store import Delivery, Offer, Person, ReceivedMessage, SetAside, Stay, Unit
from gateway.texts.errors import ERROR
from gateway.texts.families import FAMILIES
from gateway.texts.languages import LANGUAGES, SOURCE
from gateway.texts.translator import translator
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, World, device, report_to

KIOSK = "kiosk-1"
ANY_PASSPORT = {"document_kind": "passport", "id_number": "XR1001R58", "issuing_state": "NLD", "nationality": "NLD"}
CONSENTS = {"registration": True, "face": False, "text_version": "2026-11"}


@dataclass
class Counter:
    """A gateway, and a kiosk that sends to it."""

    world: World
    gateway: Gateway
    reply_key: EllipticCurvePrivateKey = field(default_factory=new_private_key)
    seq: int = 0

    async def say(self, type_: str, sealed: bytes) -> dict[str, Any]:
        """Body of the newest screen delivery after this event."""
        self.seq += 1
        message = Received("house-1", KIOSK, "event", b"", False, lambda: None)
        body = {"sealed": sealed, "registration": secrets.token_bytes(16)}
        await self.gateway.kiosk_inbox._take(Happened(KIOSK, self.seq, self.world.now, type_, body), message)
        with self.gateway.database.reading() as session:
            assert session.get(ReceivedMessage, (KIOSK, self.seq)) is not None
            last = session.query(Delivery).where(Delivery.work == "show").order_by(Delivery.id.desc()).first()
            assert last is not None
            return dict(last.body or {})

    async def ask(self, shown: str, *, site: str = "house-1") -> dict[str, Any]:
        """The screen after a link was scanned or a code typed."""
        raw = encode_question(OfferQuestion(shown, compressed_point(self.reply_key.public_key())))
        intake = self.gateway.authority.intake_key.public_key()
        return await self.say("offer_shown", seal(raw, intake, context=question_context(site, KIOSK)))

    async def summary(self, shown: str) -> OfferSummary:
        """The offer's summary, opened with the key of the requesting visit."""
        screen = await self.ask(shown)
        assert screen["screen"] == "offer", screen
        return decode_summary(open_sealed(bytes.fromhex(screen["sealed"]), self.reply_key, context=ANSWER))

    async def hand_in(
        self,
        token: str,
        born: str = "1985-03-03",
        guardian: bool = False,
        language: str = "en",
        others: bool | None = None,
        group: bool | None = None,
        document: Mapping[str, str] = ANY_PASSPORT,
        **facts: str,
    ) -> dict[str, Any]:
        """The screen after a registration by typed fields, some of them as on this document, and these facts."""
        typed = {"surname": "Voorbeeld", "given_names": "Anna", "birth_date": born, "sex": "F", **document}
        consents = CONSENTS | ({"guardian": True} if guardian else {})
        form = KioskRegistration(bytes(16), token, typed, consents, language, facts=facts, others=others, group=group)
        intake = self.gateway.authority.intake_key.public_key()
        raw = encode_registration(form)
        return await self.say("registration", seal(raw, intake, context=registration_context("house-1", KIOSK)))


ANSWER = answer_context("house-1", KIOSK)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    world = World.build(tmp_path)
    (world.folder / "offers.secret").write_bytes(world.keyring.offer_secret)
    with world.database.writing() as session:
        session.add(device(KIOSK, None, "kiosk"))
    gateway = Gateway(Settings(folder=world.folder), world.clock, identity=MemoryIdentity())
    yield Counter(world, gateway)
    gateway.vault.close()
    gateway.database.close()
    world.close()


async def test_the_one_who_shows_an_offer_is_shown_unit_and_landlord_and_nobody_else_can_read_it(
    counter: Counter,
) -> None:
    token = counter.world.offer()
    by_code = await counter.summary(kiosk_code(token))
    assert await counter.summary(token) == by_code == OfferSummary("Room 101", "Landlord of 101", [], [])
    screen = await counter.ask(token)
    assert "101" not in repr({name: text for name, text in screen.items() if name not in ("sealed", "registration")})
    with pytest.raises(Unsealable):
        open_sealed(bytes.fromhex(screen["sealed"]), new_private_key(), context=ANSWER)


async def test_what_the_registry_asks_besides_is_sent_and_only_that_is_kept(counter: Counter) -> None:
    token = counter.world.offer()
    with counter.gateway.database.writing() as session:
        report_to(session.get_one(Unit, counter.world.unit_id), "it")
    summary = await counter.summary(token)
    assert summary.asks == ["birth_country", "birth_place_code", "document.issuing_place_code"]
    assert summary.only_if["birth_place_code"] == {"birth_country": ["ITA"]}
    assert summary.tables == {"birth_place_code": "it", "document.issuing_place_code": "it"}
    screen = await counter.hand_in(token, birth_country=" NLD ", phone="+31 20 000")
    assert screen["screen"] == "person_decides", screen
    with counter.gateway.database.reading() as session:
        fields = person_fields(session.query(Person).one(), counter.gateway.keyring)
    facts = {path: text for path, text in fields.items() if path.startswith("person.")}
    assert facts == {"person.birth_country": "NLD"}


async def test_each_answer_that_a_registry_would_refuse_is_named_in_the_tenants_language(counter: Counter) -> None:
    token = counter.world.offer()
    with counter.gateway.database.writing() as session:
        report_to(session.get_one(Unit, counter.world.unit_id), "it")
    refused = await counter.hand_in(token, language="it", birth_country="ITA", birth_place_code="Nowhere")
    assert (refused["screen"], refused["fields"]) == ("refused", ["birth_place_code"])
    assert refused["lines"] == [
        "Luogo di nascita: Non è nell'elenco dell'autorità. Scrivi le prime lettere e scegli dall'elenco."
    ]
    assert (await counter.hand_in(token, birth_country="NLD"))["screen"] == "person_decides"


@pytest.mark.parametrize("others", [True, False, None])
async def test_records_of_a_party_wait_where_others_register_after_who_is_at_the_kiosk(
    counter: Counter, others: bool | None
) -> None:
    token = counter.world.offer()
    with counter.gateway.database.writing() as session:
        report_to(session.get_one(Unit, counter.world.unit_id), "es")
    assert (await counter.summary(token)).others
    await counter.hand_in(token, others=others)
    with counter.gateway.database.reading() as session:
        assert session.query(Stay).one().party_open is (others is True)


@pytest.mark.parametrize("registry", ["it", "es"])
@pytest.mark.parametrize(("others", "group"), [(True, True), (True, False), (False, True), (True, None)])
async def test_a_group_is_recorded_where_a_registry_has_groups_beside_families(
    counter: Counter, registry: str, others: bool, group: bool | None
) -> None:
    token = counter.world.offer()
    with counter.gateway.database.writing() as session:
        report_to(session.get_one(Unit, counter.world.unit_id), registry)
    assert (await counter.summary(token)).groups is (registry == "it")
    await counter.hand_in(token, others=others, group=group)
    with counter.gateway.database.reading() as session:
        assert session.query(Stay).one().party_is_group is (registry == "it" and others and group is True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("part", "code"), [("document", "too_few_pixels"), ("face", "no_face"), ("surname", "field_missing")]
)
def test_a_refused_picture_or_field_is_named_for_the_page_to_lead_to_it(language: str, part: str, code: str) -> None:
    error = InputRefused("Refused.", fields=[{"field": part, "code": code}, {"field": "x", "code": "unheard_of"}])
    said = lines_of(error, language)
    assert said["fields"] == [part]
    assert said["lines"] == [reason_sentence(language, part, code)]


def kinds_of(kind: type[LodgekeyError]) -> Iterator[type[LodgekeyError]]:
    """This kind of error and every kind of it."""
    yield kind
    for one in kind.__subclasses__():
        yield from kinds_of(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_of_no_field_is_said_in_the_language_of_the_session_whatever_its_kind(language: str) -> None:
    own = "A text that no catalogue has."
    of_staff = {*FAMILIES["error"]} - {*ERROR}
    kinds = {kind for kind in kinds_of(LodgekeyError) if kind.code not in of_staff}
    kinds -= {*kinds_of(FieldsRefused)}
    assert len(kinds) > 20
    for kind in kinds:
        error = kind.__new__(kind)
        LodgekeyError.__init__(error, own)
        text = ERROR.get(kind.code, ERROR["error"])
        said = translator(language).translate(text)
        assert lines_of(error, language) == {"lines": [own if language == SOURCE else said]}, kind
        assert language == SOURCE or said != text, kind


async def test_a_minor_alone_is_asked_to_bring_a_guardian_and_with_one_a_person_decides(counter: Counter) -> None:
    token = counter.world.offer()
    alone = await counter.hand_in(token, "2012-03-03")
    assert (alone["screen"], alone["code"]) == ("refused", "guardian_needed")
    assert (await counter.hand_in(token, "2012-03-03", guardian=True))["screen"] == "person_decides"


async def expire(counter: Counter, _token: str) -> None:
    counter.world.now += 8 * DAY


async def use(counter: Counter, token: str) -> None:
    counter.world.consent(token)
    counter.world.show(token)


async def end(counter: Counter, token: str) -> None:
    with counter.world.database.writing() as session:
        offer = session.get_one(Offer, offer_of(token, counter.world.keyring.offer_secret))
        end_stay(session, offer.stay, counter.world.keyring, counter.world.now)


async def put_before_a_person(counter: Counter, token: str) -> None:
    counter.world.consent(token)
    counter.world.show(token, "review")


SPENT = {"offer_expired": expire, "offer_used": use, "offer_gone": end, "conflict": put_before_a_person}


@pytest.mark.parametrize("code", SPENT)
async def test_a_link_that_ended_meanwhile_is_said_in_the_language_of_the_session(counter: Counter, code: str) -> None:
    token = counter.world.offer()
    await SPENT[code](counter, token)
    said = []
    for language in LANGUAGES:
        screen = await counter.hand_in(token, language=language)
        assert (screen["screen"], screen["code"]) == ("refused", code)
        said += screen["lines"]
    assert len({*said}) == len(said) == len(LANGUAGES), said
    assert said[0].isascii()
    assert re.search(r"[一-鿿]", said[LANGUAGES.index("zh-CN")])


@pytest.mark.parametrize("code", SPENT)
async def test_a_link_that_leads_no_further_is_refused_before_anything_is_scanned(counter: Counter, code: str) -> None:
    token = counter.world.offer()
    assert (await counter.ask(token))["screen"] == "offer"
    await SPENT[code](counter, token)
    refused = await counter.ask(token)
    assert (refused["screen"], refused["code"], "sealed" in refused) == ("refused", code, False)


@pytest.mark.parametrize("what", ["expired", "used", "ended", "never made", "another site's", "malformed"])
async def test_every_code_that_opens_nothing_gets_the_same_answer(counter: Counter, what: str) -> None:
    world, token = counter.world, counter.world.offer()
    code = kiosk_code(token)
    if what == "another site's":
        _, unit = world.add_unit("102", None)
        code = kiosk_code(world.offer(unit_id=unit))
    elif what in ("never made", "malformed"):
        code = "000-000-000" if what == "never made" else "---"
    else:
        await {"expired": expire, "used": use, "ended": end}[what](counter, token)
    summary = await counter.ask(code)
    del summary["registration"]
    assert summary == {
        "screen": "refused",
        "code": "offer_unknown",
        "lines": ["No invitation with this code was found. Check the code, or scan the QR code of your link."],
    }


async def test_who_guesses_codes_is_not_looked_up_any_more_even_with_a_right_one(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = kiosk_code(counter.world.offer())
    for number in range(RATES["wrong_kiosk_code"].amount):
        assert (await counter.ask(f"{number:09}"))["code"] == "offer_unknown"
    assert (await counter.ask(code))["code"] == "too_many_attempts"
    later = time.time() + RATES["wrong_kiosk_code"].get_expiry()
    monkeypatch.setattr("time.time", lambda: later)
    assert (await counter.ask(code))["screen"] == "offer"


async def test_a_question_of_another_kiosk_or_of_nonsense_is_set_aside(counter: Counter) -> None:
    token = counter.world.offer()
    assert (await counter.ask(token, site="house-2"))["code"] == "unreadable"
    assert (await counter.say("offer_shown", bytes(100)))["code"] == "unreadable"
    with counter.gateway.database.reading() as session:
        assert session.query(SetAside).count() == 2
