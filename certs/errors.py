"""Errors of keys, signatures, credentials and sealed messages. Texts carry no personal data."""


class CertError(Exception):
    """Base of this package's errors; `code` is stable and may be shown."""

    code = "cert_error"


class BadSignature(CertError):
    """Bytes that are not a COSE_Sign1 of the expected key over the expected context."""

    code = "bad_signature"


class BadKey(CertError):
    """A public or private key that is not a valid P-256 key."""

    code = "bad_key"


class BadCredential(CertError):
    """A signed token whose claims are not a key credential."""

    code = "bad_credential"


class BadRequest(CertError):
    """A certificate request that cannot be granted: bad name, bad proof of possession, wrong key type."""

    code = "bad_request"


class BadFolder(CertError):
    """A device folder that is incomplete or invalid."""

    code = "bad_folder"


class Unsealable(CertError):
    """A sealed message that this key and context cannot open."""

    code = "unsealable"
