"""What each registry needs to know beyond a passport: asked of the operator once, and of the tenant at the door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Paths as registration_fill takes them; `person` is what a document does not say and the tenant is asked.

    `one_of` are alternatives of which one is enough; `minor` is asked for minors only; `at_home` of the country's own.
    """

    unit: tuple[str, ...] = ()
    landlord: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    at_home: tuple[str, ...] = ()


_RESIDENCE = ("residence.street", "residence.postal_code", "residence.municipality", "residence.country")

NEEDS: dict[str, Needs] = {
    "sandbox": Needs(),
    "webhook": Needs(),
    "es": Needs(
        unit=("registered_as",),
        landlord=("registered_as",),
        person=_RESIDENCE,
        one_of=("phone", "email"),
        minor=("relation",),
        at_home=("second_surname", "document.support", "residence.municipality_code"),
    ),
    "it": Needs(person=("birth_country",), at_home=("birth_place_code", "document.issuing_place_code")),
    "pt": Needs(
        unit=("registered_as", "name", "address.municipality", "address.postal_code"),
        landlord=("registered_as", "phone", "email"),
        person=("residence.country",),
    ),
    "cn": Needs(unit=("address.municipality_code",), person=("visa.kind",)),
}


def besides(registry_name: str) -> tuple[str, ...]:
    """What this registry asks a tenant beyond the document, by path; what only some have to tell comes last."""
    needs = NEEDS[registry_name]
    return (*needs.person, *needs.one_of, *needs.minor, *needs.at_home)
