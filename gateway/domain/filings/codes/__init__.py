"""Code tables that registries share, each with its version and the days its codes are valid."""
