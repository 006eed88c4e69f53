"""A POST signed by Standard Webhooks 1.0, to a public or explicitly allowed address."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from gateway.domain.disclosure.cloud_event import MEDIA_TYPE
from gateway.outbound.http import Client, Reply, open_client
from gateway.outbound.public_addresses import GuardedResolver
from gateway.outbound.settings import WebhookSettings


class SignedPost:
    """Sends CloudEvents to one receiver, which drops repeated ids."""

    def __init__(self, client: Client, url: str, signer: Webhook, now: Callable[[], int]) -> None:
        self._client, self._url, self._signer, self._now = client, url, signer, now

    async def send(self, event_id: str, content: bytes) -> Reply:
        """POST the event's bytes. Raises RegistryUnreachable or LostAnswer; sending again is safe."""
        return await self._client.exchange("POST", self._url, content=content, headers=self._headers(event_id, content))

    async def attempt(self, event_id: str, content: bytes) -> Reply:
        """As send, but every status is a reply: the receiver's 410 and Retry-After are the caller's to follow."""
        return await self._client.send("POST", self._url, content=content, headers=self._headers(event_id, content))

    def _headers(self, event_id: str, content: bytes) -> dict[str, str]:
        at = datetime.fromtimestamp(self._now(), UTC)
        return {
            "content-type": f"{MEDIA_TYPE}; charset=utf-8",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(event_id, at, content.decode()),
        }

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def open_signed_post(settings: Mapping[str, str], now: Callable[[], int]) -> SignedPost:
    """Settings: url, token or token_file ("whsec_…"), ca_file?, timeout_s?, allowed? (networks, comma-separated)."""
    given = WebhookSettings.model_validate(settings)
    client = open_client(
        ca_file=given.ca_file,
        timeout_s=given.timeout_s,
        guard=GuardedResolver(part for part in given.allowed.split(",") if part),
    )
    return SignedPost(client, given.url, Webhook(given.secret()), now)
