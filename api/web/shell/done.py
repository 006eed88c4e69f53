"""Confirmations shown at the top of a page after an action, by the value of ?done= in its address."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_

DONE: Final[Mapping[str, str]] = {
    "unit.saved": N_("Saved."),
    "unit.facts_saved": N_("Saved. Reports that this concerns are being sent again."),
    "staypage.asked_again": N_("The lock has been asked to report its state again."),
    "staypage.saved": N_("The dates have been changed."),
    "staypage.withdrawn": N_("The link has been withdrawn."),
    "staypage.ended": N_("The stay has been ended."),
    "staypage.taken_back": N_("The key has been revoked and no longer opens the door."),
    "staypage.revoking": N_("Revocation requested; waiting for the lock to confirm."),
    "staypage.once_ended": N_("The unused one-time codes are being cancelled."),
    "filing.done.settled": N_("The result has been recorded."),
    "filing.done.corrected": N_("Corrected. The registry is being informed."),
    "filing.done.repeated": N_("The report is being sent again."),
    "case.done.pass": N_("The key has been issued."),
    "case.done.ask_again": N_("The tenant has been asked for new photos."),
    "case.done.refuse": N_("Rejected. No key was issued."),
    "account.password_changed": N_("The password has been changed. All other devices have been signed out."),
    "account.password_chosen": N_("The new password has been saved. Sign in with it."),
    "account.email_sent": N_("A link has been sent. Open it within 30 minutes to confirm the address."),
    "account.email_removed": N_("No email address is used for your account."),
    "account.email_confirmed": N_("The email address has been confirmed."),
    "account.session_ended": N_("The device has been signed out."),
    "account.signed_out": N_("You have been signed out everywhere."),
    "account.removed": N_("The passkey has been removed."),
    "account.factor_removed": N_("The app has been removed. All other devices have been signed out."),
    "staff.factors_removed": N_("The app and the passkeys have been removed. The team member signs in by password."),
    "staff.ended": N_("The team member has been removed."),
    "noticepage.saved": N_("Saved."),
    "export.asked": N_("Request submitted. A second officer must approve it."),
    "export.approved": N_("Approved."),
    "export.refused": N_("Rejected."),
}
