"""Simulated registries: each a process with its own books and its own strict reading of its layout."""
