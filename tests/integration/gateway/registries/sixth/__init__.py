"""A fictitious sixth authority: all parts of a registry, as docs/guides/add-a-registry.md describes them."""
