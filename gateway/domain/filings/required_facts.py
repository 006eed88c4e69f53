"""What a registry requires beyond a passport: from the operator once, and from the tenant during onboarding."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequiredFacts:
    """Paths as `fill` takes them. `person`: what no document states, so the tenant is asked.

    `one_of`: alternatives, one of which is enough. `minor`: for minors only. `at_home`: for the country's nationals.
    """

    unit: tuple[str, ...] = ()
    landlord: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    at_home: tuple[str, ...] = ()

    @property
    def of_tenant(self) -> tuple[str, ...]:
        """Paths a tenant is asked for beyond the document; those that apply to some tenants only come last."""
        return (*self.person, *self.one_of, *self.minor, *self.at_home)
