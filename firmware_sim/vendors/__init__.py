"""Locks of other makers, simulated on their side of MQTT and Bluetooth."""
