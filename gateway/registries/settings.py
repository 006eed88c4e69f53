"""Settings of a registry; unknown names are refused, secrets may be read from a file."""

from typing import Annotated

from pydantic import Field

from gateway.outbound.settings import BearerSettings


class AccountSettings(BearerSettings):
    """An account with a password (token or token_file); landlord is the landlord's number at the registry."""

    user: Annotated[str, Field(min_length=1)]
    landlord: str = ""


class CertifiedSettings(AccountSettings):
    """An account of a service that also asks for a client certificate: a PEM file with the certificate and its key."""

    certificate_file: str = ""
