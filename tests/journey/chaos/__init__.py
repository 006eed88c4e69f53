"""Faults in a running street, in an order that a seed chooses, and what must be true after each: `make chaos`."""
