"""Measurements of documents and faces."""
