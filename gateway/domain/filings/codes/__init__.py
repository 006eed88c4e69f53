"""Code tables shared by several registries, each with its version and the validity dates of its codes."""
