"""Sending of e-mails to tenants and to owners of accounts."""
