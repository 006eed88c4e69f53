"""The authorities a gateway can file with, by the name used in settings: one factory each.

Each entry's module has open_registry(settings, now); it is imported when first opened, for SOAP is slow to load.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from gateway.domain.filings.record import Registry

Clock = Callable[[], int]  # UTC seconds
Factory = Callable[[Mapping[str, str], Clock], Registry]


def _opened_by(module: str) -> Factory:
    def open_registry(settings: Mapping[str, str], now: Clock) -> Registry:
        opened: Registry = import_module(f"gateway.registries.{module}.client").open_registry(settings, now)
        return opened

    return open_registry


REGISTRIES: dict[str, Factory] = {
    "sandbox": _opened_by("sandbox"),
    "es": _opened_by("spain"),
    "it": _opened_by("italy"),
    "pt": _opened_by("portugal"),
    "cn": _opened_by("china"),
    "webhook": _opened_by("webhook"),
}
