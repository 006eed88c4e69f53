"""Topics: one spelling each; no id can be a wildcard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.errors import BadTopic
from devices.wire.topics import CHANNELS, Channel, Topic, format_topic, parse_topic

IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=36)


@given(site=IDS, device=IDS, channel=st.sampled_from(CHANNELS))
def test_a_topic_is_parsed_as_formatted(site: str, device: str, channel: Channel) -> None:
    assert parse_topic(format_topic(Topic(site, device, channel))) == Topic(site, device, channel)


@given(text=st.text(max_size=80))
def test_any_text_is_a_topic_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        assert format_topic(parse_topic(text)) == text
    except BadTopic:
        assert not text.startswith("lodgekey/v1/a/b/cmd")


@pytest.mark.parametrize(
    "text",
    [
        "", "lodgekey/v1/s/d", "lodgekey/v1/s/d/cmd/x", "/lodgekey/v1/s/d/cmd", "lodgekey/v2/s/d/cmd",
        "lodgekey/v1/+/d/cmd", "lodgekey/v1/s/#/cmd", "lodgekey/v1/s/+/cmd", "lodgekey/v1/s/d/#", "lodgekey/v1//d/cmd",
        "lodgekey/v1/s/D/cmd", "lodgekey/v1/s/d/Cmd", "lodgekey/v1/s/d/cmd\n", "lodgekey/v1/s\n/d/cmd",
        "lodgekey/v1/s/" + "d" * 37 + "/cmd", "lodgekey/v1/s/é/cmd", "lodgekey/v1/s/$SYS/cmd", "$SYS/broker/s/d/cmd",
    ],
)  # fmt: skip
def test_what_is_no_topic_is_refused(text: str) -> None:
    with pytest.raises(BadTopic):
        parse_topic(text)


@pytest.mark.parametrize("name", ["", "#", "+", "a/b", "A", "x" * 37, "a b", "a\x00"])
def test_a_wildcard_or_separator_is_no_id(name: str) -> None:
    with pytest.raises(BadTopic):
        Topic(name, "d", "cmd")
    with pytest.raises(BadTopic):
        Topic("s", name, "cmd")
