"""Unit tests of the broker's parts."""
