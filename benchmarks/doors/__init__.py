"""Measurements of keys, locks and unlocking."""
