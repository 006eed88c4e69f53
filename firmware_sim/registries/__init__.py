"""Simulated registries: each a process with its own records and its own strict parser of its layout."""
