"""Forms that are shown again when they are refused: a sentence for each wrong input, which names it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, Final

from fastapi import Form, Response
from pydantic import ValidationError

from api.services.error_text import error_text, field_texts
from api.web.shell.fault import Fault
from gateway.domain.errors import InputRefused, LodgekeyError, SignInNeeded
from gateway.domain.filings.field_names import named_text
from gateway.texts.errors import TOO_LONG
from gateway.texts.families import FAMILIES
from gateway.texts.identity import REASON
from gateway.texts.languages import Language
from gateway.texts.marks import N_
from gateway.texts.translator import translator

Text = Annotated[str, Form(max_length=10_000)]
"""A text as it was sent. Its default is "": what is missing is named beside the others, on the page of the form."""
NO_NAMES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a form, by its name; `longest`: how many characters it takes; `needed`: it cannot be left empty."""

    name: str
    longest: int = 200
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an input: a marked text, which `values` fill."""

    name: str
    sentence: str
    values: Mapping[str, object]


def shown_again(show: Callable[..., Response]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Decorate a handler of a form: if it is refused, the answer is the form's page instead of the error page.

    `show` returns that page for the error. Its other parameters are passed to it by name: those that the handler has,
    and those that FastAPI finds for `show` alone. Where there is no page, `show` raises too. Nobody who has to sign in
    is shown a page.
    """
    of_page = [one for one in list(signature(show).parameters.values())[1:] if one.kind is not Parameter.VAR_KEYWORD]

    def decorate(handle: Callable[..., Response]) -> Callable[..., Response]:
        own = signature(handle)

        @wraps(handle)
        def handle_form(**given: Any) -> Response:
            try:
                return handle(**{name: given[name] for name in own.parameters})
            except SignInNeeded:
                raise
            except LodgekeyError as error:
                return show(error, **{one.name: given[one.name] for one in of_page if one.name in given})

        both = {one.name: one for one in of_page if one.default is Parameter.empty} | own.parameters
        named = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in both.values()]
        handle_form.__dict__.update(__signature__=own.replace(parameters=named), shown_again=show)
        return handle_form

    return decorate


class FormRefused(InputRefused):
    """A form with inputs that are empty or wrong; at least one."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__(wrong[0].sentence, wrong[0].values, field=wrong[0].name)
        self.wrong = tuple(wrong)


class AllRefused(InputRefused):
    """Everything that is wrong with a form whose inputs are checked in several steps; at least one."""

    def __init__(self, errors: Sequence[LodgekeyError]) -> None:
        super().__init__(errors[0].message, errors[0].values)
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Refusals:
    """What refuses a form, collected over the steps that check it, so that a person reads all of it at once."""

    found: list[LodgekeyError] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the refusal that this step raises. Nobody who has to sign in goes on."""
        try:
            yield
        except SignInNeeded:
            raise
        except LodgekeyError as error:
            self.found.append(error)

    def whole(self) -> LodgekeyError | None:
        """All of them as one; None if nothing was refused."""
        return AllRefused(self.found) if len(self.found) > 1 else next(iter(self.found), None)


def refuse_incomplete(typed: Mapping[str, str], *inputs: Input) -> None:
    """Raise FormRefused, which names each input that is needed and empty, or too long."""
    wrong = [found for one in inputs if (found := _wrong_in(typed.get(one.name, ""), one))]
    if wrong:
        raise FormRefused(wrong)


def _wrong_in(text: str, one: Input) -> Wrong | None:
    if one.needed and not text.strip():
        return Wrong(one.name, REASON["field_missing"], {})
    return Wrong(one.name, TOO_LONG, {"most": one.longest}) if len(text) > one.longest else None


def refused_by(error: ValidationError, sentences: Mapping[str, str]) -> FormRefused:
    """Return the refusal of the inputs that a model refuses; `sentences`: by input, the marked text of what to do."""
    names = dict.fromkeys(str(one["loc"][0]) for one in error.errors() if one["loc"])
    return FormRefused([Wrong(name, sentences[name], {}) for name in names])


def faults_in(language: Language, error: LodgekeyError, names: Mapping[str, str] = NO_NAMES) -> list[Fault]:
    """Return what the summary lists: one sentence for each input that the error names, or the error's own.

    `names`: by the error's field, the input of the form where it has another name.
    """
    if isinstance(error, AllRefused):
        every = [fault for one in error.errors for fault in faults_in(language, one, names)]
        first = {fault.field or fault.sentence: fault for fault in reversed(every)}
        return [fault for fault in every if first[fault.field or fault.sentence] is fault]
    if isinstance(error, FormRefused):
        texts = translator(language)
        return [_fault(language, one.name, texts.translate(one.sentence, **one.values), names) for one in error.wrong]
    if "fields" not in error.extra and "field" in error.extra:
        return [_fault(language, str(error.extra["field"]), error_text(language, error), names)]
    known = {*FAMILIES["input"], *names.values()}
    found: dict[str, Fault] = {}
    for one in field_texts(language, error):
        name = names.get(one["field"], one["field"])
        found.setdefault(name, Fault(name if name in known else "", one["sentence"]))
    return [*found.values()] or [Fault("", error_text(language, error))]


def _fault(language: Language, field: str, sentence: str, names: Mapping[str, str]) -> Fault:
    name = names.get(field, field)
    label = _label_of(name) or _label_of(field)
    if label is None:
        return Fault(name if field in names else "", named_text(language, field, sentence))
    texts = translator(language)
    return Fault(name, texts.translate(N_("{field}: {sentence}"), field=texts.translate(label), sentence=sentence))


def _label_of(name: str) -> str | None:
    """The label of an input; a fact of the unit may be asked for one of its registries ("unit.spain:phone")."""
    registry, _, fact = name.rpartition(":")
    return FAMILIES["input"].get(f"unit.{fact}" if registry else name)


def fault_values(
    language: Language, error: LodgekeyError | None, names: Mapping[str, str] = NO_NAMES
) -> dict[str, Any]:
    """Return the values of a page's summary (`faults`) and of the sentences beside its inputs (`wrong`)."""
    faults = faults_in(language, error, names) if error else []
    return {"faults": faults, "wrong": {fault.field: fault.sentence for fault in reversed(faults)}}
