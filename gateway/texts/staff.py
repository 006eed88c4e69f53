"""Texts for staff only: of tables that tenants read too, of the landlord app, and of e-mails about accounts."""

from collections.abc import Mapping
from typing import Final, Literal

from gateway.texts.marks import N_, NP_
from gateway.texts.translator import translator

STAFF_ERROR: Final[Mapping[str, str]] = {
    "password_wrong": N_("The current password is incorrect. Nothing was changed."),
    "password_weak": N_(
        "The new password must have 10 to 128 characters. "
        "It must not be easy to guess or be the same as the current one."
    ),
    "password_differs": N_("The new passwords do not match. Enter them again."),
    "password_change_needed": N_(
        "Choose a password of your own first. Somebody else knows the one that you were given."
    ),
    "sign_in_again": N_("Sign in again first: this changes how you sign in."),
    "second_factor_needed": N_("Enter a code of your authenticator app, or one of your recovery codes."),
    "second_factor_missing": N_("Set up an authenticator app first. Your account must have a second factor."),
    "code_wrong": N_("The code was not accepted. Enter the code that your authenticator app shows now."),
    "stays_overlap": N_("The unit is already booked for this time. Choose other dates."),
    "too_many_codes": N_("This lock has too many unused one-time codes. Cancel those first."),
    "disclosure_blocked": N_(
        "Records cannot be shown because the disclosure log cannot be written. Contact the system administrator."
    ),
    "enrolment_refused": N_("The enrolment token is not valid, so the device cannot be added. Ask for a new one."),
    "simulator_away": N_("The simulator is not running."),
}
SIGN_IN_OUTCOME: Final[Mapping[str, str]] = {
    "accepted": NP_("sign-in", "signed in"),
    "wrong_password": N_("wrong password"),
    "wrong_code": N_("wrong code"),
    "unknown_login": N_("unknown username"),
    "refused": NP_("sign-in", "refused"),
    "too_many": N_("too many attempts"),
}
SIGN_IN_METHOD: Final[Mapping[str, str]] = {
    "password": NP_("way to sign in", "Password"),
    "password_and_code": N_("Password and code"),
    "passkey": NP_("way to sign in", "Passkey"),
    "single_sign_on": N_("Your organisation's account"),
}
STAFF_INPUT: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "staff": N_("Permissions"),
    "code": NP_("second factor", "Code"),
    "old": N_("Current password"),
    "new": N_("New password"),
    "again": N_("Confirm new password"),
    "email": N_("Email (leave empty for none)"),
    "webhook_url": N_("Webhook address (https; leave empty for none)"),
    "codes": N_("Send alerts about"),
    "from": NP_("date", "Check-in"),
    "until": NP_("date", "Check-out"),
    "arrived": N_("Arrival of this tenant"),
    "address": N_("Address of the unit"),
    "area": N_("Area"),
    "first": N_("First day"),
    "last": N_("Last day (up to 31 days)"),
    "purpose": N_("Purpose (kept on record)"),
    "note": N_("Case number or note"),
    "outcome": N_("Answer from the registry"),
    "receipt": N_("Registry receipt"),
    "reason": NP_("field", "Reason"),
}
"""Labels of the inputs of forms for staff, by their names."""
LANDLORD_APP: Final = (N_("Lodgekey for landlords"), N_("Lodgekey"), N_("Offer keys, monitor locks and revoke keys."))
"""The landlords' app: its name in full, under its icon, and what it is for."""
# Behaviours, faults and messages of simulated devices in the tester's console.
MESSAGE_WAY: Final[Mapping[str, str]] = {
    "in": N_("received"),
    "out": NP_("message", "sent"),
    "lost": N_("lost"),
}
ACTION: Final[Mapping[str, str]] = {
    "knob": N_("Turn the knob"),
    "reset": N_("Factory reset"),
}
BEHAVIOUR: Final[Mapping[str, str]] = {
    "normal": N_("Normal"),
    "refuse": N_("Rejects"),
    "partial": N_("Accepts in part"),
    "late": N_("Decides later"),
    "silent": N_("Receives, then disconnects"),
    "hang": N_("Receives, does not answer"),
    "twice": N_("Answers twice"),
    "two_receipts": N_("Two contradicting receipts"),
    "down": N_("Down"),
    "broken": N_("Error page"),
    "huge": N_("Endless answer"),
    "malformed": N_("Unreadable answer"),
    "redirect": N_("Redirects to an internal address"),
}
FAULT: Final[Mapping[str, str]] = {
    "range": N_("Out of Bluetooth range"),
    "offline": NP_("fault", "Offline"),
    "battery": N_("Low battery"),
    "jam": N_("Jammed"),
    "ajar": N_("Door ajar"),
    "skew": N_("Clock skew"),
    "drop": N_("Drop messages"),
    "duplicate": N_("Duplicate messages"),
    "delay": N_("Delay messages"),
    "reorder": N_("Reorder messages"),
    "lost": N_("Lose acknowledgement"),
    "clock": N_("Lose the time"),
    "none": N_("Clear faults"),
}
ROLL_OUT_STATE: Final[Mapping[str, str]] = {
    "running": NP_("roll-out", "running"),
    "stopped": NP_("roll-out", "stopped"),
    "aborted": NP_("roll-out", "aborted"),
    "finished": NP_("roll-out", "finished"),
}
FIRMWARE_STATE: Final[Mapping[str, str]] = {
    "waiting": NP_("firmware", "waiting"),
    "failed": NP_("firmware", "failed"),
}
# Why a roll-out stopped, why a lock waits with its update, and why it kept its old version.
FIRMWARE_REASON: Final[Mapping[str, str]] = {
    "too_many_failures": N_("too many locks failed"),
    "by_person": N_("stopped manually"),
    "offline": NP_("device", "offline"),
    "battery_low": N_("low battery"),
    "door_in_use": N_("the door is open or unlocked"),
    "busy": N_("the door is open or unlocked"),
    "alarm": N_("the lock reports a fault"),
    "guest": N_("a guest needs the door"),
    "its_turn": N_("waiting for others"),
    "bad_manifest": N_("not signed by the publisher it knows"),
    "wrong_model": N_("for another model"),
    "old_firmware": N_("not newer than its own"),
    "storage_full": N_("no room for the image"),
    "bad_image": N_("the image arrived damaged"),
    "self_check_failed": N_("the new version failed its self-check"),
    "no_link": N_("the new version did not connect"),
    "interrupted": N_("power was lost during the trial"),
    "no_answer": N_("no answer for an hour"),
}

LinkMail = Literal["new_email", "forgotten_password"]
Notice = Literal["email_changed", "email_removed", "password_changed"]

ACCOUNT_MAIL: Final[Mapping[str, str]] = {
    "new_email": N_(
        "This address was entered for an account at Lodgekey. To confirm it, open this link within 30 minutes and sign "
        "in:\n{link}\nIf this was not you, ignore this email: the address will not be used."
    ),
    "forgotten_password": N_(
        "A new password was requested for the username {login}. To choose one, open this link within 30 minutes:\n"
        "{link}\nIf this was not you, ignore this email: your password stays as it is."
    ),
    "email_changed": N_(
        "The email address of the username {login} was changed, and this one is no longer used. If this was not you, "
        "contact the system administrator at once."
    ),
    "email_removed": N_(
        "This email address was removed from the username {login}. If this was not you, contact the system "
        "administrator at once."
    ),
    "password_changed": N_(
        "The password of the username {login} was changed, and all its devices were signed out. If this was not you, "
        "choose a new one at once: {link}"
    ),
}


def account_mail_text(language: str, kind: LinkMail | Notice, login: str, link: str) -> str:
    """The text of an e-mail, which names no person."""
    return translator(language).translate(ACCOUNT_MAIL[kind], login=login, link=link)
