"""One thing that is wrong in a form, as its error summary lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence that names the field, says what is wrong and what to do; `field` is the input's name, or empty."""

    field: str
    sentence: str
