"""The AsyncAPI 3.0 document of what is not request and answer: the registration feed, webhooks and the devices' topics.

`python -m api.asyncapi` writes docs/asyncapi.json from the very types the program sends.
"""

import json
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from devices.wire.messages import KIOSK_LIMIT, LOCK_LIMIT, Ack, Command, Event, State
from devices.wire.topics import IDENTIFIER, PREFIX
from gateway.domain.disclosure.cloud_event import EVENT_TYPES, MEDIA_TYPE, FeedEvent

PATH: Final = Path(__file__).parent.parent / "docs" / "asyncapi.json"
_SIGNED: Final = (
    "On the wire: COSE_Sign1 (RFC 9052, ES256) over deterministic CBOR with integer keys; the channel's name is signed"
    f" along. At most {LOCK_LIMIT} bytes from and to a lock, {KIOSK_LIMIT} from and to a kiosk."
)
_CHAINED: Final = (
    "A lock's names the entry before it: its number (after, 0 for none) and digest (prev, 16 bytes of SHA-256 over"
    " channel, a zero byte and the signed payload)."
)
_DEVICE_MESSAGES: Final[dict[str, tuple[Any, str, str]]] = {
    "cmd": (Command, "send", "The gateway asks a device to do something once."),
    "ack": (Ack, "receive", f"A device answers a command. {_CHAINED}"),
    "event": (Event, "receive", f"A device says what happened. {_CHAINED}"),
    "state": (State, "receive", "A device says how it is; retained."),
}
_ONLINE: Final = {"type": "string", "enum": ["0", "1"]}


def build_document() -> dict[str, Any]:
    """Return the whole document as JSON values."""
    schemas: dict[str, Any] = {}
    channels = {"feed": _feed_channel(), "webhook": _webhook_channel()}
    operations = {
        "followFeed": _operation("send", "feed", "Registrations as server-sent events, resumed by Last-Event-ID."),
        "postWebhook": _operation("send", "webhook", "Registrations as signed webhooks (Standard Webhooks)."),
    }
    messages = {"registration": _feed_message(schemas)}
    for channel, (kind, action, summary) in _DEVICE_MESSAGES.items():
        channels[channel] = _device_channel(channel)
        operations[f"{action}_{channel}"] = _operation(action, channel, summary)
        messages[channel] = _device_message(channel, kind, schemas)
    channels["online"] = _device_channel("online")
    operations["receive_online"] = _operation("receive", "online", "Whether a device is connected; also its will.")
    messages["online"] = {"name": "online", "contentType": "text/plain", "payload": _ONLINE}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Lodgekey", "version": "1", "description": "Registrations as they happen, and the doors."},
        "servers": {
            "gateway": {"host": "gateway.example", "protocol": "https", "pathname": "/api/v1"},
            "broker": {"host": "broker.example:8883", "protocol": "mqtts", "description": "MQTT 5, mutual TLS."},
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def _feed_channel() -> dict[str, Any]:
    return {
        "address": "/feed",
        "servers": [{"$ref": "#/servers/gateway"}],
        "messages": {"registration": {"$ref": "#/components/messages/registration"}},
        "description": "text/event-stream; the event's id is the feed's number, from which a reader resumes.",
    }


def _webhook_channel() -> dict[str, Any]:
    headers = "webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks 1.0 has them"
    return {
        "address": None,  # each consumer's own
        "messages": {"registration": {"$ref": "#/components/messages/registration"}},
        "description": f"POST to the consumer's address with {headers}; a consumer keeps one of each webhook-id.",
    }


def _device_channel(channel: str) -> dict[str, Any]:
    shape = IDENTIFIER.pattern.removesuffix(r"\Z")
    return {
        "address": f"{PREFIX}/{{site}}/{{device}}/{channel}",
        "servers": [{"$ref": "#/servers/broker"}],
        "parameters": {
            "site": {"description": f"The building or compound: {shape}"},
            "device": {"description": f"The lock or kiosk, which is its certificate's name: {shape}"},
        },
        "messages": {channel: {"$ref": f"#/components/messages/{channel}"}},
    }


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _feed_message(schemas: dict[str, Any]) -> dict[str, Any]:
    payload = _schema(FeedEvent, schemas)
    schemas["FeedEvent"]["properties"]["type"]["enum"] = sorted(EVENT_TYPES)
    return {"name": "registration", "contentType": MEDIA_TYPE, "payload": payload}


def _device_message(channel: str, kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    payload = _schema(kind, schemas)
    return {"name": channel, "contentType": "application/cose", "description": _SIGNED, "payload": payload}


def _schema(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Add the type's JSON Schema to `schemas`; return a reference to it."""
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[kind.__name__] = schema
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def document_text() -> str:
    """Return the text of the file that is committed."""
    return json.dumps(build_document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(document_text(), encoding="utf-8")
