"""What to do about an error, by its code."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_

TOO_LONG: Final = N_("This text is too long. Enter at most {most} characters.")
NOT_IN_FORM: Final = N_("This cannot be read. Check it, and enter it again.")
ERROR: Final[Mapping[str, str]] = {
    "not_found": N_("Page not found, or you do not have access to it. Check the link."),
    "input_refused": N_("Some information is missing or incorrect. Check it and try again."),
    "not_allowed": N_("Your account does not have permission to do this."),
    "sign_in_needed": N_("The username or password is incorrect. Try again."),
    "sign_on_refused": N_("The sign-in could not be confirmed. Start again."),
    "sign_on_not_entitled": N_("Your account is not assigned to an area here. Contact the system administrator."),
    "sign_on_unavailable": N_("Your organisation's sign-in service is not responding. Try again later."),
    "passkey_refused": N_("The passkey was not accepted. Try again, or use your password."),
    "conflict": N_("This cannot be done now. It may already have been done."),
    "offer_unknown": N_("This link is not valid. Ask your landlord for a new one."),
    "offer_gone": N_("Your landlord has withdrawn this link. Ask for a new one."),
    "offer_expired": N_("This link has expired. Ask your landlord for a new one."),
    "offer_used": N_("The key has already been saved to a phone. Open the link on that phone."),
    "stay_backwards": N_("The stay must end after it begins. Check both dates."),
    "time_does_not_exist": N_("The clocks go forward that night and this time does not exist. Choose another time."),
    "time_is_ambiguous": N_("The clocks go back that night and this time occurs twice. Choose another time."),
    "consent_missing": N_("We cannot register you without your consent."),
    "key_not_usable": N_("This key cannot open the door now: it is revoked, not valid yet, or not on the lock."),
    "proof_refused": N_("This phone does not have the key, or its clock is wrong."),
    "too_many_attempts": N_("Too many attempts. Wait a few minutes and try again."),
    "disk_full": N_(
        "The gateway's disk is full and nothing was saved. Tell your landlord or the system administrator."
    ),
    "busy": N_("The service is busy and nothing was saved. Try again later, or ask for a manual check."),
    "idempotency_mismatch": N_("This form has already been submitted. Reload the page."),
    "error": N_(
        "An internal error occurred. Check whether your request was completed before you try again. "
        "If it occurs again, tell your landlord or the system administrator."
    ),
}
