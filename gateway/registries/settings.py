"""What an operator sets for a registry; unknown names are refused, secrets may come from a file."""

from typing import Annotated

from pydantic import Field

from gateway.outbound.settings import BearerSettings


class AccountSettings(BearerSettings):
    """An account with a password (token or token_file); landlord is its number at the registry."""

    user: Annotated[str, Field(min_length=1)]
    landlord: str = ""
