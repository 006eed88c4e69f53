"""Input of the identity tests: fetched photographs and rendered documents."""
