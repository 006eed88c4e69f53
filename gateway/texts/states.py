"""Texts about the states of locks, keys, codes and filings, stages of a stay, consumers and purposes."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_
from gateway.texts.translator import translator

BOLT: Final[Mapping[str, str]] = {
    "locked": N_("locked"),
    "locking": N_("locking"),
    "unlocked": N_("unlocked"),
    "unlocking": N_("unlocking"),
    "open": N_("door open"),
    "opening": N_("opening"),
    "jammed": N_("jammed"),
    "unavailable": N_("cannot be reached"),
    "unknown": N_("state unknown"),
}
KEY: Final[Mapping[str, str]] = {
    "issued": N_("issued, not yet on the lock"),
    "delivering": N_("being sent to the lock"),
    "gateway_only": N_("works only with an internet connection"),
    "taken_back": N_("revoked, no longer opens the door"),
    "on_lock": N_("on the lock"),
    "expiring": N_("expires soon"),
    "expired": NP_("key", "expired"),
    "revoking": N_("being revoked, not yet confirmed by the lock"),
    "revoked": N_("revoked, confirmed by the lock"),
}
ONE_TIME_CODE: Final[Mapping[str, str]] = {
    "delivering": N_("not yet confirmed by the lock"),
    "on_lock": N_("not used"),
    "unknown": N_("lock offline: not known whether it was used"),
    "used": NP_("one-time code", "used"),
    "revoking": N_("being cancelled, not yet confirmed by the lock"),
    "revoked": N_("cancelled, confirmed by the lock"),
}
STAGE: Final[Mapping[str, str]] = {
    "review": N_("Manual check in progress"),
    "refused": N_("Not registered"),
    "asked_again": N_("Take the photos again"),
    "verified": N_("You are registered"),
    "taken_back": N_("The key has been revoked"),
    "ended": N_("This stay has ended"),
}
STAGE_TEXT: Final[Mapping[str, str]] = {
    "review": N_(
        "We have received your information; you do not need to send it again. This page opens your "
        "key as soon as the check is complete."
    ),
    "refused": N_("No key was issued. You can try again with a clearer photo, or call the landlord."),
    "asked_again": N_("Staff could not confirm your identity from the photos. Take them again."),
    "verified": N_(
        "One more step: save the key to this phone. After that, only this browser on this phone can open the door."
    ),
    "taken_back": N_("The key no longer opens the door. If you think this is a mistake, call the landlord."),
    "ended": N_("The key no longer works. If you think this is a mistake, call the landlord."),
}
FILING: Final[Mapping[str, str]] = {
    "not_due": N_("no report required"),
    "waiting": N_("waiting for an adult of the stay to register"),
    "queued": N_("waiting to be sent"),
    "asking": N_("sent, result not yet known"),
    "pending": N_("being processed by the registration authority"),
    "accepted": N_("accepted by the registration authority"),
    "unknown": N_("result unknown, needs a manual check"),
    "by_hand": N_("to be registered by hand"),
    "partly": N_("accepted in part"),
    "refused": N_("rejected by the registration authority"),
    "lapsed": N_("not reported, personal data erased"),
}
FILING_KIND: Final[Mapping[str, str]] = {
    "check_in": NP_("kind", "Check-in"),
    "change": NP_("report kind", "Change"),
    "correction": N_("Correction"),
    "annulment": NP_("report kind", "Cancellation"),
    "booking": NP_("report kind", "Booking"),
    "check_out": NP_("kind", "Check-out"),
}
CONSUMER: Final[Mapping[str, str]] = {
    "officer": N_("an officer"),
    "landlord": N_("the landlord"),
    "registry": N_("the registration authority"),
    "consumer": N_("an authorised data recipient"),
}
PURPOSE: Final[Mapping[str, str]] = {
    "complaint": N_("Complaint or report"),
    "correction": N_("Correcting the registration"),
    "check": N_("Routine check"),
    "emergency": N_("Emergency"),
    "filing_preview": N_("Preview of a report"),
    "filing_form": N_("Printing a registration form"),
    "filing_by_hand": N_("Registering by hand"),
    "registration_feed": N_("Following new registrations"),
    "case_decision": NP_("purpose", "Identity check"),
    "readers_withheld": N_("Readers withheld from the tenant by law"),
}

_REFUSAL_MAIL: Final = N_(
    "{unit}: your registration was not accepted. Your key still works. To correct it, open {link} on the phone that "
    "has your key."
)


def refusal_mail(language: str, unit: str, link: str) -> str:
    """The alert to a tenant whose registration was refused."""
    return translator(language).translate(_REFUSAL_MAIL, unit=unit, link=link)
