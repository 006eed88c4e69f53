"""Delivering what is owed: the only part of the gateway that touches the outside world."""
