"""The authorities a gateway can file with, by the name used in settings: one factory each."""

from collections.abc import Callable, Mapping

from gateway.domain.registration import Registry
from gateway.registries.adapter import Clock
from gateway.registries.sandbox import open_sandbox

Factory = Callable[[Mapping[str, str], Clock], Registry]

REGISTRIES: dict[str, Factory] = {
    "sandbox": open_sandbox,
}
