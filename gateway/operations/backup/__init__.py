"""Backups of a gateway: made while it runs, encrypted with age, verified, and restored into an empty folder."""
