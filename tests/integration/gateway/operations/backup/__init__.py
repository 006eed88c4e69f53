"""Backups and restores of whole gateways."""
