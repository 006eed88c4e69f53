"""Requests and answers of signing in. Unknown fields are refused."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.services.schemas import Short, Strict

EmailAddress = Annotated[str, Field(max_length=200, pattern=r"^([^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+)?$")]
"""An e-mail address, or an empty text for none."""


class SignInForm(Strict):
    """Username and password of an account."""

    login: Short
    password: Annotated[str, Field(max_length=1000)]


class CodeForm(Strict):
    """The ceremony that a sign-in by password named (`second_factor_needed`), and a code of the app or for recovery."""

    ceremony: Annotated[str, Field(max_length=100)]
    code: Annotated[str, Field(max_length=100)]


class SignedIn(BaseModel):
    """The account that is signed in; `area` only for an officer."""

    role: str
    name: str
    area: str | None = None
