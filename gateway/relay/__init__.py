"""Delivery of queued work: the only part of the gateway that connects to outside systems."""
