"""Errors of topics and messages. Texts carry no content of the message."""


class WireError(Exception):
    """Base of the errors for which a message is set aside; `code` is stable."""

    code = "wire_error"


class BadTopic(WireError):
    """A topic that does not match `lodgekey/v1/<site>/<device>/<channel>`."""

    code = "bad_topic"


class BadMessage(WireError):
    """Bytes that are not exactly one message of the expected kind."""

    code = "bad_message"


class BadManifest(WireError):
    """Bytes that are not exactly one manifest of firmware that a device of this protocol takes."""

    code = "bad_manifest"
