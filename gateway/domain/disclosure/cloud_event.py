"""Feed entries as CloudEvents 1.0 (JSON format), the same for server-sent events and webhooks."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NotRequired

from typing_extensions import TypedDict  # pydantic requires typing_extensions.TypedDict before Python 3.12

_TYPES: Final = {
    "check_in": "org.lodgekey.registration.checked-in.v1",
    "change": "org.lodgekey.registration.changed.v1",
    "check_out": "org.lodgekey.registration.checked-out.v1",
    "correction": "org.lodgekey.registration.corrected.v1",
    "annulment": "org.lodgekey.registration.annulled.v1",
    "erased": "org.lodgekey.registration.erased.v1",
    "restored": "org.lodgekey.feed.restored.v1",
}
ERASED: Final = "erased"  # the kind of an entry of which nothing but its number, area and month is kept
RESTORED: Final = "restored"  # the kind that is no record: a backup was restored, entries before it may be lost
EVENT_TYPES: Final = frozenset(_TYPES.values())
MEDIA_TYPE: Final = "application/cloudevents+json"


class UnitShown(TypedDict, total=False):
    """The unit of a feed record, limited to the granted fields."""

    code: str
    label: str
    address: str
    area: str


class PersonShown(TypedDict, total=False):
    """The person of a feed record: masked values, and the year of birth only."""

    name: str
    id_number: str
    birth_date: str
    nationality: str
    document_kind: str


# Content of `data`. Times are local to the unit; person is null once erased.
FeedRecord = TypedDict(
    "FeedRecord",
    {
        "id": str,
        "kind": str,
        "at": NotRequired[str],
        "unit": NotRequired[UnitShown],
        "from": NotRequired[str],
        "until": NotRequired[str],
        "state": NotRequired[str],
        "receipt": NotRequired[str | None],
        "deadline": NotRequired[str | None],
        "person": NotRequired[PersonShown | None],
    },
)


class FeedEvent(TypedDict):
    """A CloudEvent 1.0 (JSON format) of the feed."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    sequence: str
    datacontenttype: str
    data: FeedRecord


def cloud_event(source: str, seq: int, kind: str, at: int, record: Mapping[str, Any]) -> dict[str, Any]:
    """One feed entry as a CloudEvent. `id` and `sequence` are the feed's number, `subject` the registration's id.

    `source` is the gateway's URN; `at` is in UTC seconds. No attribute outside `data` describes a person.
    """
    return {
        "specversion": "1.0",
        "id": str(seq),
        "source": source,
        "type": _TYPES[kind],
        "subject": str(record["id"]),
        "time": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sequence": f"{seq:020d}",  # zero-padded: the sequence extension compares as text
        "datacontenttype": "application/json",
        "data": dict(record),
    }


def encode_event(event: Mapping[str, Any]) -> bytes:
    """The event as UTF-8 JSON on one line."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def encode_sse(event: Mapping[str, Any]) -> bytes:
    """The event as one server-sent event (WHATWG HTML §9.2); its id is the position from which a reader resumes."""
    name = b"restored" if event["type"] == _TYPES[RESTORED] else b"registration"
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(event["id"]).encode(), name, encode_event(event))
