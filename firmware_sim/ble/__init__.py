"""Simulated Bluetooth LE, built on Bumble: the air, dongles on it, and devices with a GATT server."""
