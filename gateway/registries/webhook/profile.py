"""A webhook receiver: accepts every kind of record, an annulment as a record of its own."""

from gateway.domain.filings.registry_profile import RegistryProfile

PROFILE = RegistryProfile(
    name="webhook",
    title="Webhook",
    client=f"{__package__}.client",
    changes={"check_in": "send", "change": "send", "check_out": "send", "annulment": "send", "booking": "nothing"},
)
