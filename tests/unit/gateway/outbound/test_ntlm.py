"""NTLM version 2, with the test vectors of RFC 1320 and of MS-NLMP section 4.2.4."""

import struct

import pytest

from gateway.outbound.ntlm import WindowsAccount, answer, first_message, md4, nt_response

ACCOUNT = WindowsAccount("Domain", "User", "Password")
SERVER_CHALLENGE = bytes.fromhex("0123456789abcdef")
NONCE = b"\xaa" * 8
# The target information of section 4.2.4: NetBIOS names "Domain" and "Server".
INFO = (
    b"\x02\x00\x0c\x00" + "Domain".encode("utf-16-le") + b"\x01\x00\x0c\x00" + "Server".encode("utf-16-le") + bytes(4)
)


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"a", "bde52cb31de33e46245e05fbdbd6fb24"),
        (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_is_that_of_rfc_1320(message: bytes, digest: str) -> None:
    assert md4(message).hex() == digest


def test_the_key_and_the_proof_are_those_of_the_specification() -> None:
    assert ACCOUNT.key().hex() == "0c868a403bfd7a93a3001ef22ef02e3f"
    response = nt_response(ACCOUNT.key(), SERVER_CHALLENGE, NONCE, bytes(8), INFO)
    assert response[:16].hex() == "68cd0ab851e51c96aabc927bebef6a1c"


def challenge(info: bytes) -> bytes:
    """A CHALLENGE_MESSAGE with this target information."""
    head = b"NTLMSSP\0" + struct.pack("<IHHII", 2, 0, 0, 56, 0x82888205) + SERVER_CHALLENGE + bytes(8)
    return head + struct.pack("<HHI", len(info), len(info), 56) + bytes(8) + info


def response_in(message: bytes) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, 20)
    return message[offset : offset + length]


def test_the_answer_carries_the_proof_and_names_the_account() -> None:
    message = answer(challenge(INFO), ACCOUNT, NONCE, 1_772_000_000)
    assert message[:12] == b"NTLMSSP\0\x03\0\0\0"
    assert "DomainUser".encode("utf-16-le") in message
    filetime = struct.pack("<Q", (1_772_000_000 + 11_644_473_600) * 10**7)
    assert response_in(message) == nt_response(ACCOUNT.key(), SERVER_CHALLENGE, NONCE, filetime, INFO)


def test_the_servers_own_time_is_used_where_it_states_one() -> None:
    info = INFO[:-4] + struct.pack("<HHQ", 7, 8, 77) + bytes(4)
    message = answer(challenge(info), ACCOUNT, NONCE, 1_772_000_000)
    assert response_in(message) == nt_response(ACCOUNT.key(), SERVER_CHALLENGE, NONCE, struct.pack("<Q", 77), info)


@pytest.mark.parametrize("wrong", [b"", first_message(), challenge(INFO)[:40], challenge(INFO)[:-8]])
def test_what_is_no_challenge_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="NTLM challenge"):
        answer(wrong, ACCOUNT, NONCE, 0)
