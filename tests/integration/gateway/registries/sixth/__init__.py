"""A made-up sixth authority: everything that a registry consists of, as docs/guides/add-a-registry.md tells it."""
