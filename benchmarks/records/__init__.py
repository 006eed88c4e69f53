"""Measurements of registrations: from the door to the registry and to consumers."""
