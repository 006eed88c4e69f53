"""What a registry requires beyond a passport: asked of the operator once, and of the tenant when they register."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequiredFacts:
    """Paths as `fill` takes them; `person` is what a document does not say and the tenant is asked.

    `one_of` are alternatives of which one is enough; `minor` is asked for minors only; `at_home` of the country's own.
    """

    unit: tuple[str, ...] = ()
    landlord: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    at_home: tuple[str, ...] = ()

    @property
    def of_tenant(self) -> tuple[str, ...]:
        """What a tenant is asked beyond the document, by path; what only some have to tell comes last."""
        return (*self.person, *self.one_of, *self.minor, *self.at_home)
