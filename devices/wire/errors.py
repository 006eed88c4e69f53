"""What can be wrong with a topic or a message. Texts carry no content of the message."""


class WireError(Exception):
    """Anything on the wire that is set aside; `code` is stable."""

    code = "wire_error"


class BadTopic(WireError):
    """A topic that is none of `lodgekey/v1/<site>/<device>/<channel>`."""

    code = "bad_topic"


class BadMessage(WireError):
    """Bytes that are not exactly one message of the expected kind."""

    code = "bad_message"
