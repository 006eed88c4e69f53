"""The one tree of errors shown to callers: each has a stable code, an HTTP status and a sentence to act on."""

from collections.abc import Mapping
from typing import ClassVar


class LodgekeyError(Exception):
    """A refused request. `code` is stable for programs; `detail` tells a person what happened and what to do."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, /, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, object] = extra


class NotAllowed(LodgekeyError):
    """The caller is not signed in, or may not do this."""

    code, status, title = "not_allowed", 403, "You may not do this"


class SignInNeeded(NotAllowed):
    """The call needs a session or a capability, and none was sent."""

    code, status, title = "sign_in_needed", 401, "Please sign in"


class SignOnRefused(NotAllowed):
    """The OpenID provider's answer does not match the sign-in that was started, or is not proven to be its own."""

    code, status, title = "sign_on_refused", 403, "The sign-in was not confirmed"


class SignOnNotEntitled(NotAllowed):
    """The OpenID provider identified the person, who has no account or role here."""

    code, status, title = "sign_on_not_entitled", 403, "Your account has no part here"


class SignOnAway(LodgekeyError):
    """The OpenID provider cannot be reached, or is misconfigured."""

    code, status, title = "sign_on_away", 503, "The provider does not answer"


class PasskeyRefused(NotAllowed):
    """The passkey is unknown, or its assertion is invalid."""

    code, status, title = "passkey_refused", 403, "This passkey was not accepted"


class PasswordWrong(NotAllowed):
    """The current password, entered to confirm a change, is wrong."""

    code, status, title = "password_wrong", 403, "This is not your password"


class NotFound(LodgekeyError):
    """The object does not exist, or belongs to somebody else; the answer does not tell which."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(LodgekeyError):
    """The object's state does not allow this."""

    code, status, title = "conflict", 409, "Not possible right now"


class StaysOverlap(Conflict):
    """Another stay of the unit overlaps this one."""

    code, title = "stays_overlap", "The unit is taken"


class TooManyCodes(Conflict):
    """The lock's limit of unused one-time codes is reached; it could not tell more of them apart."""

    code, title = "too_many_codes", "Too many unused codes"


class OfferUnknown(NotFound):
    """The link was not made by this gateway, or was altered."""

    code, title = "offer_unknown", "This link is not valid"


class OfferGone(LodgekeyError):
    """The link was valid, and has been used, has expired or was withdrawn."""

    code, status, title = "offer_gone", 410, "This link is no longer valid"


class OfferExpired(OfferGone):
    """The offer has expired."""

    code, title = "offer_expired", "This link has expired"


class OfferUsed(OfferGone):
    """The key of this offer was already issued."""

    code, title = "offer_used", "This link has been used"


class InputRefused(LodgekeyError):
    """The input is invalid; `fields` names each wrong part and the reason."""

    code, status, title = "input_refused", 422, "Please check what you entered"


class PasswordWeak(InputRefused):
    """The new password is too short, too easy to guess, or the current one."""

    code, title = "password_weak", "Please choose another password"


class PasswordDiffers(InputRefused):
    """The two entries of the new password differ."""

    code, title = "password_differs", "The two are not the same"


class StayBackwards(InputRefused):
    """The stay ends before it begins."""

    code, title = "stay_backwards", "The stay ends before it begins"


class TimeDoesNotExist(InputRefused):
    """The local time is in the hour skipped when clocks go forward."""

    code, title = "time_does_not_exist", "That time does not exist"


class TimeIsAmbiguous(InputRefused):
    """The local time occurs twice in the night clocks go back."""

    code, title = "time_is_ambiguous", "That time happens twice"


class ConsentMissing(InputRefused):
    """The step needs a consent that has not been given."""

    code, status, title = "consent_missing", 409, "Consent is needed first"


class KeyNotUsable(Conflict):
    """The key is revoked, outside its validity period, or not on the lock."""

    code, title = "key_not_usable", "This key does not open the door now"


class ProofRefused(NotAllowed):
    """The request is not signed by the key's holder, is too old, or is a replay."""

    code, status, title = "proof_refused", 403, "This phone does not hold the key"


class EnrolmentRefused(NotAllowed):
    """The device may not be enrolled; the answer does not tell which check failed."""

    code, status, title = "enrolment_refused", 403, "This device was not taken in"


class TooManyAttempts(LodgekeyError):
    """Too many attempts in a short time."""

    code, status, title = "too_many_tries", 429, "Please wait a moment"


class Busy(LodgekeyError):
    """The gateway has no capacity for this request; nothing was stored."""

    code, status, title = "busy", 503, "Please try again in a moment"


class IdempotencyMismatch(InputRefused):
    """The Idempotency-Key was used before with a different request."""

    code, title = "idempotency_mismatch", "This request was already made differently"


class DisclosureBlocked(LodgekeyError):
    """The disclosure log cannot be written, so nothing is disclosed."""

    code, status, title = "disclosure_blocked", 503, "Records cannot be shown right now"
