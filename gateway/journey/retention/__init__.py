"""Retention: what is known of ended stays is deleted or reduced in time, and tenants' requests for erasure."""
