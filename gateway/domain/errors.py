"""The one tree of errors shown to callers: each has a stable code, an HTTP status and a sentence to act on."""

from collections.abc import Mapping
from typing import ClassVar

from gateway.texts.languages import SOURCE
from gateway.texts.translator import translator


class LodgekeyError(Exception):
    """A refused request. `code` is stable for programs; `detail` tells a person in English what happened
    and what to do; `message` and `values` say the same in any language (api.services.error_text)."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, message: str, /, values: Mapping[str, object] | None = None, **extra: object) -> None:
        """`message` is a marked text, `values` fill its placeholders; `extra` are members of the problem document."""
        self.message, self.values = message, dict(values or {})
        self.detail = translator(SOURCE).translate(message, **self.values)
        super().__init__(self.detail)
        self.extra: Mapping[str, object] = extra


class NotAllowed(LodgekeyError):
    """The caller is not signed in, or may not do this."""

    code, status, title = "not_allowed", 403, "Permission denied"


class SignInNeeded(NotAllowed):
    """The call needs a session or a capability, and none was sent."""

    code, status, title = "sign_in_needed", 401, "Sign-in required"


class SignOnRefused(NotAllowed):
    """The OpenID provider's answer does not match the sign-in that was started, or is not proven to be its own."""

    code, status, title = "sign_on_refused", 403, "Sign-in not confirmed"


class SignOnNotEntitled(NotAllowed):
    """The OpenID provider identified the person, who has no account or role here."""

    code, status, title = "sign_on_not_entitled", 403, "Account not authorised here"


class SignOnUnavailable(LodgekeyError):
    """The OpenID provider cannot be reached, or is misconfigured."""

    code, status, title = "sign_on_unavailable", 503, "Sign-in service not responding"


class PasskeyRefused(NotAllowed):
    """The passkey is unknown, or its assertion is invalid."""

    code, status, title = "passkey_refused", 403, "Passkey not accepted"


class PasswordChangeNeeded(NotAllowed):
    """The account still has its first password, which somebody else knows; only changing it is allowed."""

    code, status, title = "password_change_needed", 403, "Change your first password"


class SignInAgain(NotAllowed):
    """The call changes how the account signs in, and the session is not a new one."""

    code, status, title = "sign_in_again", 403, "Sign in again"


class SecondFactorNeeded(NotAllowed):
    """The password is right, and a code is needed too; `ceremony` names this sign-in for a few minutes."""

    code, status, title = "second_factor_needed", 401, "Code needed"


class SecondFactorMissing(NotAllowed):
    """The account must have a second factor and has none; only adding one is allowed."""

    code, status, title = "second_factor_missing", 403, "Set up a second factor"


class CodeWrong(NotAllowed):
    """The code of a second factor is wrong, too old, or was used before."""

    code, status, title = "code_wrong", 403, "Code not accepted"


class PasswordWrong(NotAllowed):
    """The current password, entered to confirm a change, is wrong."""

    code, status, title = "password_wrong", 403, "Incorrect password"


class NotFound(LodgekeyError):
    """The object does not exist, or belongs to somebody else; the answer does not tell which."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(LodgekeyError):
    """The object's state does not allow this."""

    code, status, title = "conflict", 409, "Not possible now"


class StaysOverlap(Conflict):
    """Another stay of the unit overlaps this one."""

    code, title = "stays_overlap", "Unit already booked"


class TooManyCodes(Conflict):
    """The lock's limit of unused one-time codes is reached; it could not tell more of them apart."""

    code, title = "too_many_codes", "Too many unused codes"


class OfferUnknown(NotFound):
    """The link was not made by this gateway, or was altered."""

    code, title = "offer_unknown", "Link not valid"


class OfferGone(LodgekeyError):
    """The link was valid, and has been used, has expired or was withdrawn."""

    code, status, title = "offer_gone", 410, "Link no longer valid"


class OfferExpired(OfferGone):
    """The offer has expired."""

    code, title = "offer_expired", "Link expired"


class OfferUsed(OfferGone):
    """The key of this offer was already issued."""

    code, title = "offer_used", "Link already used"


class InputRefused(LodgekeyError):
    """The input is invalid; `fields` names each wrong part and the reason."""

    code, status, title = "input_refused", 422, "Invalid input"


class PasswordWeak(InputRefused):
    """The new password is too short, too easy to guess, or the current one."""

    code, title = "password_weak", "Password too weak"


class PasswordDiffers(InputRefused):
    """The two entries of the new password differ."""

    code, title = "password_differs", "Passwords do not match"


class StayBackwards(InputRefused):
    """The stay ends before it begins."""

    code, title = "stay_backwards", "Stay ends before it begins"


class TimeDoesNotExist(InputRefused):
    """The local time is in the hour skipped when clocks go forward."""

    code, title = "time_does_not_exist", "Time does not exist"


class TimeIsAmbiguous(InputRefused):
    """The local time occurs twice in the night clocks go back."""

    code, title = "time_is_ambiguous", "Time is ambiguous"


class ConsentMissing(InputRefused):
    """The step needs a consent that has not been given."""

    code, status, title = "consent_missing", 409, "Consent required"


class KeyNotUsable(Conflict):
    """The key is revoked, outside its validity period, or not on the lock."""

    code, title = "key_not_usable", "Key cannot be used now"


class ProofRefused(NotAllowed):
    """The request is not signed by the key's holder, is too old, or is a replay."""

    code, status, title = "proof_refused", 403, "Key proof not accepted"


class EnrolmentRefused(NotAllowed):
    """The device may not be enrolled; the answer does not tell which check failed."""

    code, status, title = "enrolment_refused", 403, "Device not enrolled"


class TooManyAttempts(LodgekeyError):
    """Too many attempts in a short time."""

    code, status, title = "too_many_attempts", 429, "Too many attempts"


class Busy(LodgekeyError):
    """The gateway has no capacity for this request; nothing was stored."""

    code, status, title = "busy", 503, "Service busy"


class StorageFull(LodgekeyError):
    """The disk of the gateway is full; nothing was stored."""

    code, status, title = "disk_full", 503, "Disk full"


class IdempotencyMismatch(InputRefused):
    """The Idempotency-Key was used before with a different request."""

    code, title = "idempotency_mismatch", "Request already made with other content"


class DisclosureBlocked(LodgekeyError):
    """The disclosure log cannot be written, so nothing is disclosed."""

    code, status, title = "disclosure_blocked", 503, "Records cannot be shown"
