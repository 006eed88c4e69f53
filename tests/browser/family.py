"""A family of four, two adults and two children, registers on two phones: what they do and how long it takes, by step.

People's time is an allowance, which is not measured: PICTURE_S for a picture; for a typed field 2.5 s to decide and to
touch it (Card, Moran and Newell's M and P) and a third of a second for each character (36 words a minute with two
thumbs, Palin et al. 2019); CHOICE_S for a choice from a list; TOUCH_S for any other touch. The benchmark takes this
time before each act, so that what the machine does meanwhile costs nobody time; a test goes on at once. The machine's
time is what is left: that of the driven browser, of the gateway and of the reader of documents. The wait for the person
who passes a case is in neither.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from playwright.async_api import Page, expect

from api.cli.demo.journey_run import Pictures
from firmware_sim.phone.tenant import photograph_document
from firmware_sim.specimens.documents import Person
from tests.browser.people import Visitor, fill_in_with_face, offer_key
from tests.browser.tenancy import SLOW, let_landlord_pass, link_for_another, unfold_family

MAX_SECONDS: Final = 120.0
MAX_TYPED: Final = 6
READING_MS: Final = 90_000  # documents are read at a low priority, which a busy machine makes slow
PICTURE_S, FIELD_S, CHARACTER_S, CHOICE_S, TOUCH_S = 8.0, 2.5, 1 / 3, 4.0, 1.5
VALID: Final = date(2034, 3, 2)
OTHER_ADULT: Final = Person("VOORBEELD", "JAN PIETER", "XR4004R58", date(1984, 6, 1), "M", VALID, "NLD")
CHILDREN: Final = (
    Person("VOORBEELD", "LEO", "XR2002R58", date(2019, 5, 4), "M", VALID, "NLD"),
    Person("VOORBEELD", "MIA", "XR3003R58", date(2021, 9, 17), "F", VALID, "NLD"),
)
Facts = Mapping[str, str]


@dataclass
class Step:
    """What people did in one step; `elapsed`: seconds from begin to end, of which people took `paused` on purpose."""

    name: str
    pictures: int = 0
    typed: list[str] = field(default_factory=list)
    choices: int = 0
    touches: int = 0
    elapsed: float = 0.0
    paused: float = 0.0

    @property
    def allowance(self) -> float:
        """Seconds that people need for this."""
        typing = sum(FIELD_S + CHARACTER_S * len(text) for text in self.typed)
        return PICTURE_S * self.pictures + typing + CHOICE_S * self.choices + TOUCH_S * self.touches

    @property
    def machine(self) -> float:
        """Seconds in which people waited."""
        return self.elapsed - self.paused


@dataclass
class Effort:
    """What a family did at its phones, by step. `pace`: the share of their allowance that people really take."""

    pace: float = 0.0
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Everything until the end of this block is part of a step of this name; steps do not overlap."""
        self.steps.append(Step(name))
        began = time.monotonic()
        yield
        self.steps[-1].elapsed = time.monotonic() - began

    async def act(self, **done: int | list[str]) -> None:
        """Count an act in the current step, by the names of Step, and take the time people need for it."""
        step, act = self.steps[-1], Step("", **done)  # type: ignore[arg-type]
        for name in done:
            setattr(step, name, getattr(step, name) + getattr(act, name))
        began = time.monotonic()
        await asyncio.sleep(self.pace * act.allowance)
        step.paused += time.monotonic() - began if self.pace else 0.0

    @property
    def typed(self) -> int:
        """Fields that were typed."""
        return sum(len(step.typed) for step in self.steps)

    @property
    def allowance(self) -> float:
        """Seconds that people need."""
        return sum(step.allowance for step in self.steps)

    @property
    def machine(self) -> float:
        """Seconds in which people waited for the machine."""
        return sum(step.machine for step in self.steps)

    @property
    def seconds(self) -> float:
        """Both together."""
        return self.allowance + self.machine


class Adult(Visitor):
    """An adult of the family, whose pictures, typed fields, choices and touches are counted."""

    def __init__(self, visitor: Visitor, effort: Effort) -> None:
        super().__init__(visitor.page, visitor.url, complaints=visitor.complaints)
        self.effort = effort

    async def tap(self, selector: str) -> None:
        """Click an element."""
        await self.effort.act(touches=1)
        await super().tap(selector)

    async def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        await self.effort.act(typed=[text])
        await super().type(selector, text)

    async def show(self, selector: str, picture: str) -> None:
        """Take a picture; its own touch is in its allowance."""
        await self.effort.act(pictures=1)
        await super().show(selector, picture)

    async def answer(self, selector: str, text: str) -> None:
        """Type into a field, or choose from its list; nothing where the page has filled this in."""
        if await self.page.input_value(selector) == text:
            return
        if await self.page.locator(selector).evaluate("field => field.matches('select')"):
            await self.effort.act(choices=1)
            await self.page.select_option(selector, text)
        else:
            await self.type(selector, text)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a family registers: what each adult answers beside the document, and whether children show passports."""

    first: Facts
    other: Facts
    passports: bool


HOME: Final = {
    "residence.street": "Kade 1", "residence.postal_code": "1011 AA", "residence.municipality": "Amsterdam",
    "residence.country": "NLD", "phone": "+31612345678",
}  # fmt: skip
SPAIN: Final = Scene(HOME, {}, passports=True)
SANDBOX: Final = Scene({}, {}, passports=False)
Look = Callable[[Page, str], Awaitable[None]]


async def look_away(_page: Page, _name: str) -> None:
    """Take no screenshot."""


class Family:
    """One family: two adults with a phone each, their papers, and what they have done so far."""

    def __init__(
        self,
        phones: tuple[Visitor, Visitor],
        pictures: Pictures,
        folder: Path,
        look: Look = look_away,
        pace: float = 0.0,
    ) -> None:
        self.effort = Effort(pace)
        self.first, self.other = (Adult(phone, self.effort) for phone in phones)
        self._pictures, self._folder, self._look = pictures, folder, look

    async def register(self, landlord: Visitor, room: str, scene: Scene) -> Effort:
        """From the landlord's offer to both adults' keys."""
        await self._register("first adult", self.first, await offer_key(landlord, room), self._pictures, scene.first)
        await self._take_key("first adult", landlord, self.first)
        link = await self._bring_others(scene)
        passport = photographed(self._folder, OTHER_ADULT)
        await self._register("other adult", self.other, link, Pictures(passport, self._pictures.face), scene.other)
        await self._take_key("other adult", landlord, self.other)
        return self.effort

    async def _register(self, who: str, adult: Adult, link: str, pictures: Pictures, facts: Facts) -> None:
        """An adult registers by the link: answers what is asked, and shows passport and face."""
        with self.effort.step(f"{who}: opens the link"):
            await adult.follow(link)
        await self._look(adult.page, f"{who}-form")
        with self.effort.step(f"{who}: fills in the form"):
            for path, text in facts.items():
                await adult.answer(f"[name='fact.{path}']", text)
            assert await unanswered(adult.page) == []
            await fill_in_with_face(adult, pictures)
        with self.effort.step(f"{who}: sends the form"):
            await adult.tap("#register button.wide")
            await expect(adult.page.locator("#register")).to_have_count(0, timeout=READING_MS)

    async def _take_key(self, who: str, landlord: Visitor, adult: Adult) -> None:
        """A person passes the case, and the key comes to the phone, which is waited for."""
        await let_landlord_pass(landlord)
        with self.effort.step(f"{who}: gets the key"):
            await expect(adult.page.locator(".hold")).to_be_visible(timeout=SLOW)

    async def _bring_others(self, scene: Scene) -> str:
        """The first adult declares both children, and makes the link for the other adult; the link."""
        with self.effort.step("first adult: unfolds the form for others"):
            await unfold_family(self.first)
        for place, child in enumerate(CHILDREN):
            await self._declare(f"child {place + 1}", child, scene)
        with self.effort.step("first adult: makes a link for the other"):
            return await link_for_another(self.first)

    async def _declare(self, who: str, child: Person, scene: Scene) -> None:
        """The first adult declares a child, from a photograph of the passport or typed."""
        adult = self.first
        with self.effort.step(f"{who}: fills in the form"):
            if scene.passports:
                await adult.show("#in-child-document", str(photographed(self._folder, child)))
            else:
                await type_child(adult, child)
            if await adult.page.locator("#child [name=relation]").count():
                await adult.answer("#child [name=relation]", "child")
            if scene.passports:
                await expect(adult.page.locator("#child [name=reading]")).not_to_have_value("", timeout=READING_MS)
                assert await adult.page.input_value("#child [name=surname]") == child.surname
        await self._look(adult.page, who)
        with self.effort.step(f"{who}: sends the form"):
            async with adult.page.expect_response("**/children") as answer:
                await adult.tap("#child button")
            assert (await answer.value).ok, await (await answer.value).text()
            await expect(adult.page.locator("#child [name=given_names]")).to_have_value("")


async def type_child(adult: Adult, child: Person) -> None:
    """Type what a child without a document is declared with."""
    given = {"given_names": child.given_names.title(), "birth_date": child.birth.isoformat()}
    for name, text in (given | {"nationality": child.nationality, "sex": child.sex}).items():
        await adult.answer(f"#child [name={name}]", text)


async def unanswered(page: Page) -> list[str | None]:
    """The names of the fields that are shown, cannot be left empty and are empty."""
    shown = await page.locator(".facts [data-needed]:visible input, .facts [data-needed]:visible select").all()
    return [await field.get_attribute("name") for field in shown if not await field.input_value()]


def photographed(folder: Path, person: Person) -> Path:
    """A photograph of this person's passport."""
    picture = folder / f"{person.number}.jpg"
    photograph_document(person).save(picture, quality=90)
    return picture
