"""A form that is printed and signed by hand, for a registry whose records are kept and not sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line: the law's own words for it, and what is entered."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """One form, in the language of the authority that may ask to see it.

    `law`: the rule that requires it. `remark`: what the rule requires to be noted. `signature`: the words under the
    line on which the guest signs.
    """

    title: str
    law: str
    lines: tuple[FormLine, ...]
    signature: str
    remark: str = ""
