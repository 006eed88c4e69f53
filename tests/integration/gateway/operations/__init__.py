"""The operation of a gateway: its backups."""
