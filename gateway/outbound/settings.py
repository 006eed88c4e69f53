"""Settings of an outbound address and its secret; unknown names are refused, secrets may be read from a file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from gateway.outbound.http import checked_address


class AddressSettings(BaseModel):
    """A registry's address: url, ca_file (PEM; empty: the public authorities), timeout_s (seconds)."""

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
        """The secret, read from token_file where that is set."""
        return self.token.get_secret_value() or Path(self.token_file).read_text().strip()


class WebhookSettings(BearerSettings):
    """A receiver's address and shared secret; allowed: networks that need not be public, comma-separated."""

    allowed: str = ""
