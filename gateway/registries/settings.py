"""What an operator sets for a registry; unknown names are refused, secrets may come from a file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from gateway.outbound.http import checked_address


class AddressSettings(BaseModel):
    """Where the registry is: url, ca_file (PEM; empty: the public authorities), timeout_s."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: Annotated[str, AfterValidator(checked_address)]
    ca_file: str = ""
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 20.0


class BearerSettings(AddressSettings):
    """An address and one secret, given as token or as the path token_file."""

    token: SecretStr = SecretStr("")
    token_file: str = ""

    @model_validator(mode="after")
    def _one_secret(self) -> "BearerSettings":
        if bool(self.token.get_secret_value()) == bool(self.token_file):
            raise ValueError("give either token or token_file")
        return self

    def secret(self) -> str:
        """The secret itself."""
        return self.token.get_secret_value() or Path(self.token_file).read_text().strip()


class WebhookSettings(BearerSettings):
    """A receiver's address and the shared secret; allowed: networks that need not be public, comma-separated."""

    allowed: str = ""


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
