"""Bluetooth LE without hardware: an air, dongles on it, and devices with a GATT server. Built on Bumble."""
