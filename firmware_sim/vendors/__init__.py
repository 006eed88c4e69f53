"""Locks of other makers, as they behave on their side of MQTT."""
