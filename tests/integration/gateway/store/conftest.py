"""An empty database of either kind for the tests of migrations."""

from tests.integration.gateway.store.stepwise import engine

__all__ = ["engine"]
