"""What an operator sets for a registry; unknown names are refused, secrets may come from a file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from gateway.outbound.settings import BearerSettings


class AccountSettings(BearerSettings):
    """An account with a password (token or token_file); landlord is its number at the registry."""

    user: Annotated[str, Field(min_length=1)]
    landlord: str = ""


class SpanishSettings(AccountSettings):
    """An account at SES.HOSPEDAJES: also how many seconds to leave a lot before asking for it again."""

    poll_after_s: Annotated[int, Field(ge=1, le=3600)] = 60


class ItalianSettings(AccountSettings):
    """An account at Alloggiati Web: also the key of the web service, as wskey or as the path wskey_file."""

    wskey: SecretStr = SecretStr("")
    wskey_file: str = ""

    def key(self) -> str:
        """The web service's key."""
        return self.wskey.get_secret_value() or Path(self.wskey_file).read_text().strip()
