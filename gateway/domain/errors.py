"""The one tree of refusals: each has a stable code, an HTTP status and a sentence a person can act on."""

from collections.abc import Mapping
from typing import ClassVar


class LodgekeyError(Exception):
    """A refusal: `code` is stable for programs, `detail` tells a person what happened and what to do."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, /, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, object] = extra


class NotAllowed(LodgekeyError):
    """Nobody is signed in, or the one who is may not do this."""

    code, status, title = "not_allowed", 403, "You may not do this"


class SignInNeeded(NotAllowed):
    """The call needs a session or a capability that was not shown."""

    code, status, title = "sign_in_needed", 401, "Please sign in"


class SignOnRefused(NotAllowed):
    """The provider's answer does not fit what was begun, or is not proven to be the provider's."""

    code, status, title = "sign_on_refused", 403, "The sign-in was not confirmed"


class SignOnNotEntitled(NotAllowed):
    """The provider knows the person, who has no part here."""

    code, status, title = "sign_on_not_entitled", 403, "Your account has no part here"


class SignOnAway(LodgekeyError):
    """The provider cannot be asked, or is not what was set up."""

    code, status, title = "sign_on_away", 503, "The provider does not answer"


class PasskeyRefused(NotAllowed):
    """The passkey is not known, or its answer does not hold."""

    code, status, title = "passkey_refused", 403, "This passkey was not accepted"


class PasswordWrong(NotAllowed):
    """The present password, asked for again, is another."""

    code, status, title = "password_wrong", 403, "This is not your password"


class NotFound(LodgekeyError):
    """There is no such thing, or it is not yours: the two are not told apart."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(LodgekeyError):
    """The thing is not in a state that allows this."""

    code, status, title = "conflict", 409, "Not possible right now"


class StaysOverlap(Conflict):
    """Another stay of the unit covers part of the same time."""

    code, title = "stays_overlap", "The unit is taken"


class TooManyCodes(Conflict):
    """As many one-time codes of a lock are unused as it can tell apart."""

    code, title = "too_many_codes", "Too many unused codes"


class OfferUnknown(NotFound):
    """The link is not one of ours, or was altered."""

    code, title = "offer_unknown", "This link is not valid"


class OfferGone(LodgekeyError):
    """The link was valid once: it has been used, has expired or was withdrawn."""

    code, status, title = "offer_gone", 410, "This link is no longer valid"


class OfferExpired(OfferGone):
    """Too late: the offer's time is over."""

    code, title = "offer_expired", "This link has expired"


class OfferUsed(OfferGone):
    """The key of this offer was already handed out."""

    code, title = "offer_used", "This link has been used"


class InputRefused(LodgekeyError):
    """What was sent cannot be right; `fields` names which part and why."""

    code, status, title = "input_refused", 422, "Please check what you entered"


class PasswordWeak(InputRefused):
    """The new password is too short, too easy, or the old one."""

    code, title = "password_weak", "Please choose another password"


class PasswordDiffers(InputRefused):
    """The new password was not typed the same twice."""

    code, title = "password_differs", "The two are not the same"


class StayBackwards(InputRefused):
    """The stay ends before it begins."""

    code, title = "stay_backwards", "The stay ends before it begins"


class TimeDoesNotExist(InputRefused):
    """The local time falls into the hour that is skipped when clocks go forward."""

    code, title = "time_does_not_exist", "That time does not exist"


class TimeIsAmbiguous(InputRefused):
    """The local time happens twice on the night clocks go back."""

    code, title = "time_is_ambiguous", "That time happens twice"


class ConsentMissing(InputRefused):
    """The step needs a consent that was not given."""

    code, status, title = "consent_missing", 409, "Consent is needed first"


class KeyNotUsable(Conflict):
    """The key is revoked, outside its window, or not on the lock."""

    code, title = "key_not_usable", "This key does not open the door now"


class ProofRefused(NotAllowed):
    """The request is not signed by the key's holder, is too old, or was seen before."""

    code, status, title = "proof_refused", 403, "This phone does not hold the key"


class EnrolmentRefused(NotAllowed):
    """A device that may not be taken in; which of the reasons it was is not told."""

    code, status, title = "enrolment_refused", 403, "This device was not taken in"


class TooManyAttempts(LodgekeyError):
    """Too many attempts in a short time."""

    code, status, title = "too_many_tries", 429, "Please wait a moment"


class Busy(LodgekeyError):
    """The gateway has no room for this right now; nothing was kept."""

    code, status, title = "busy", 503, "Please try again in a moment"


class IdempotencyMismatch(InputRefused):
    """The Idempotency-Key was used before with another request."""

    code, title = "idempotency_mismatch", "This request was already made differently"


class DisclosureBlocked(LodgekeyError):
    """The disclosure log cannot be written, so nothing is disclosed."""

    code, status, title = "disclosure_blocked", 503, "Records cannot be shown right now"
