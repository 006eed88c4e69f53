"""Passwords are stored by a slow hash with the parameters of its standard."""

from argon2 import extract_parameters

from api.services.access import hash_password


def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    """The second recommended option of section 4: Argon2id, three passes, four lanes, 64 MiB."""
    first, second = hash_password("correct horse battery staple"), hash_password("correct horse battery staple")
    assert first != second
    found = extract_parameters(first)
    assert (found.type.name, found.version) == ("ID", 19)
    assert found.time_cost >= 3
    assert found.memory_cost >= 64 * 1024
    assert (found.parallelism, found.salt_len, found.hash_len) == (4, 16, 32)
