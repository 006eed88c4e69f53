"""Meaning of the fields in the tables of docs/wire-protocol.md; their permitted values are printed from the code."""

from typing import Final

_BOLT = "what the bolt's sensor says"
_EPOCH = "revocation epoch (section 12)"
_KEY = "id of a key"
_COMMAND = "id of the command it is about"
_CHAIN = "number of the entry before (section 9)"
_PREV = "digest of the entry before"
_SEQ = "section 5.5"
_AT = "UTC seconds by the device's clock; the highest time (section 10) while it is lost"
_SEALED = "sealed to the intake key (section 16)"
_QUESTION = "names the question"
_ONCE_BASE = "one-time codes with a smaller number are dead"
_CODES = "passcodes of another epoch are dead"

NOTES: Final[dict[str, dict[str, str]]] = {
    "command": {
        "version": "protocol version",
        "id": "random, names this one command",
        "device": "whom it is for",
        "type": "see below",
        "issued_at": "UTC seconds",
        "expires_at": "UTC seconds; not done at or after it. 10 s for `unlock` and `set_time`, an hour for others",
        "body": "see below",
    },
    "ack": {
        "version": "protocol version",
        "command_id": "id of the command it answers",
        "seq": _SEQ,
        "at": _AT,
        "outcome": "refused: it will not; failed: it tried",
        "code": "section 17; there unless the outcome is `done`, and only then",
        "body": "see below",
        "after": _CHAIN,
        "prev": _PREV,
    },
    "ack body": {
        "bolt": _BOLT,
        "door": "what the door sensor says; `unknown` without one",
        "battery": "percent",
        "keys": "ids of all keys held",
        "epoch": _EPOCH,
        "clock": "whether the device knows the time",
        "drift": "seconds by which the clock was behind when it was set; negative if it was ahead",
        "codes": "code epoch (section 13)",
        "trust": "names the roots it trusts (section 14.3)",
        "certificate": "serial number of the certificate it presents (section 14.2)",
        "once": "one-time base (section 13)",
    },
    "event": {
        "version": "protocol version",
        "seq": _SEQ,
        "at": _AT,
        "type": "see below",
        "body": "see below",
        "after": _CHAIN,
        "prev": _PREV,
    },
    "state": {
        "version": "protocol version",
        "seq": _SEQ,
        "at": _AT,
        "bolt": _BOLT,
        "door": "what the door sensor says; `unknown` without one",
        "battery": "percent; null if it has none or cannot tell",
        "keys": "ids of all keys held",
        "clock": "whether the device knows the time",
        "nonce": "what the next `set_time` must quote (section 10)",
        "epoch": _EPOCH,
        "firmware": "maker, model and version, for people",
        "waiting": "messages that the broker has not taken yet",
    },
    "unlock": {"key": _KEY},
    "put_key": {"credential": "section 11"},
    "drop_key": {"key": _KEY},
    "set_time": {"now": "UTC seconds", "nonce": "of the device's latest state"},
    "revoke": {"epoch": _EPOCH, "keys": "ids that must never open again", "codes": _CODES, "once": _ONCE_BASE},
    "put_certificate": {"chain": "PEM, leaf first"},
    "put_trust": {"anchors": "PEM"},
    "show": {
        "screen": "section 16.4",
        "lines": "sentences to show",
        "code": "a passcode, or why it was refused",
        "registration": "which question it answers",
        "language": "BCP 47 tag",
        "challenge": "nonce that the clip of these turns has to name",
        "turns": "how the head is to turn, in order",
        "sealed": "sealed to the key of the visit (section 16.2)",
    },
    "unlocked": {
        "key": "the key that opened, where there was one",
        "means": "what opened",
        "command": _COMMAND,
        "window": "passcode: first hour, hours, slot",
        "once": "one-time passcode: its number",
    },
    "locked": {"means": "what locked"},
    "key_put": {"key": _KEY},
    "key_dropped": {"key": _KEY, "reason": "why"},
    "refused": {"code": "section 17", "command": _COMMAND},
    "battery": {"percent": "percent"},
    "jammed": {"command": _COMMAND},
    "door": {"open": "whether it stands open"},
    "booted": {"nonce": "the device's nonce", "reset": "true after a factory reset, else left out"},
    "revoked": {"epoch": _EPOCH},
    "certificate_wanted": {"csr": "PKCS #10, DER"},
    "registration event": {"sealed": _SEALED, "registration": "the same id as inside the seal"},
    "turns_wanted": {"sealed": _SEALED, "registration": _QUESTION},
    "offer_shown": {"sealed": _SEALED, "registration": _QUESTION},
    "offline command": {"order": "what to do", "carried": "a signed command; with `carry`, and only then"},
    "offline answer": {
        "outcome": "refused: it will not; failed: it tried",
        "code": "section 17; unless it is done",
        "bolt": _BOLT,
        "at": "UTC seconds by the lock's clock",
        "nonce": "what the next `set_time` must quote",
        "carried": "signed acks",
    },
    "registration": {
        "registration": "random; the same value as in the event",
        "offer_token": "the link's token, or the typed code with its hyphens",
        "document": "JPEG of the document",
        "face": "JPEG of the face",
        "typed": "what was typed instead of read; birth date as YYYY-MM-DD, nationality as ISO 3166 alpha-3",
        "consents": "`registration`, `face`, for a minor `guardian`: true or false; `text_version`: text, up to 40",
        "language": "BCP 47 tag",
        "holder_key": "the phone's public key, compressed point; left out without a phone",
        "clip": "JPEG frames in order that answer a screen `turn`",
        "nonce": "the `challenge` of that screen",
        "chip": "EF.SOD, DG1 and DG2 of the document's chip, as read",
        "facts": "answers to what the registry asks besides (`asks` of section 16.2), by their paths",
    },
    "offer question": {"offer_token": "token or code", "reply_key": "compressed point of the key made for this visit"},
    "offer answer": {
        "unit": "name of the home",
        "landlord": "name of the landlord",
        "asks": "paths of what the registry asks besides the document",
        "one_of": "of these paths one is enough",
    },
}

ABOUT: Final[dict[str, str]] = {
    "unlock": "open for the holder of a key",
    "lock": "throw the bolt",
    "put_key": "hold a credential",
    "drop_key": "hold a key no more",
    "set_time": "set the clock",
    "read_back": "say everything",
    "revoke": "take in a revocation list",
    "put_certificate": "present another certificate",
    "put_trust": "trust these roots",
    "show": "kiosk: what to display",
    "unlocked": "the door was unlocked",
    "locked": "the door was locked",
    "key_put": "a credential is held",
    "key_dropped": "a key is held no more",
    "refused": "somebody was refused",
    "battery": "the battery's charge",
    "jammed": "the bolt did not move",
    "door": "the door was opened or closed",
    "clock_lost": "the device does not know the time any more",
    "booted": "power came back",
    "revoked": "a revocation list was taken in",
    "certificate_wanted": "a request for another certificate",
    "registration": "kiosk: a tenant's registration",
    "turns_wanted": "kiosk: how is the head to turn?",
    "offer_shown": "kiosk: what may be said of an offer?",
}

KINDS: Final[dict[str, str]] = {
    "CMD": "gateway to lock: a signed command",
    "ACK": "lock to gateway: a signed ack",
    "EVENT": "lock to gateway: a signed event",
    "STATE": "lock to gateway: a signed state",
    "SETTLED": "gateway to lock: the message with this number is kept; no body",
    "PHONE": "both ways: section 15.2",
}
