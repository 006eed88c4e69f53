"""The sandbox: accepts every kind of record and requires nothing beyond a passport."""

from gateway.domain.filings.registry_profile import RegistryProfile

PROFILE = RegistryProfile(
    name="sandbox",
    title="Sandbox",
    client=f"{__package__}.client",
    rules=f"{__package__}.record",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul", "booking": "nothing"},
)
