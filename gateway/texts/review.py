"""Texts for landlords and officers about stays, cases, filings, exports and the team, by code."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_

STANDING: Final[Mapping[str, str]] = {
    "in_time": N_("on time"),
    "warn": N_("due soon"),
    "late": N_("overdue"),
}
MENDER: Final[Mapping[str, str]] = {
    "tenant": NP_("who corrects", "tenant"),
    "landlord": NP_("who corrects", "landlord"),
    "officer": NP_("who corrects", "officer"),
}
BAND: Final[Mapping[str, str]] = {
    "pass": N_("comparison: match"),
    "unsure": N_("comparison: inconclusive"),
    "refuse": N_("comparison: no match"),
}
ALARM: Final[Mapping[str, str]] = {
    "jammed": N_("jammed"),
    "clock_lost": N_("clock not set"),
    "tampered": N_("tampered with"),
    "command_refused": N_("command rejected"),
}
CASE_PICTURE: Final[Mapping[str, str]] = {
    "document": N_("Document"),
    "portrait": N_("Portrait on the document"),
    "face": N_("Face photo"),
}
CASE_REASON: Final[Mapping[str, str]] = {
    "level_person": N_("manual check required by the landlord"),
    "level_kiosk": N_("not filmed at the kiosk"),
    "typed_without_camera": N_("entered by hand, no photo"),
    "document_unclear": N_("document not clear"),
    "document_without_face": N_("no face photo"),
    "face_without_liveness": N_("presence not confirmed"),
    "face_unsure": N_("face comparison inconclusive"),
    "face_differs": N_("face does not match"),
    "face_problem": N_("face not compared"),
    "liveness_failed": N_("head turns not detected"),
    "document_expired": N_("document expired"),
    "checked_field_corrected": N_("changed a verified field"),
    "minor_with_guardian": N_("minor with guardian"),
    "zones_disagree": N_("printed text and machine-readable lines differ"),
    "name_unconfirmed": N_("name without check digit"),
    "check_digit_wrong": N_("check digit wrong"),
    "number_disagrees": N_("number does not match the details"),
    "no_portrait": N_("no portrait found"),
    "portrait_too_small": N_("portrait too small"),
}
STORED_FACES: Final[Mapping[str, str]] = {
    "warn": N_("When the limit is reached, a filing with the authority is required. Prepare it now."),
    "filing_due": N_("File with the authority within 30 working days."),
    "blocked": N_(
        "No more face images are stored. File with the authority within 30 working days and have the "
        "operator enter the filing number."
    ),
}
MAP_STATE: Final[Mapping[str, str]] = {
    "pressing": N_("report needs attention"),
    "registered": N_("tenant registered"),
    "free": N_("no tenant registered"),
}
EXPORT_STATE: Final[Mapping[str, str]] = {
    "awaits_approval": N_("waiting for approval"),
    "approved": N_("approved"),
    "refused": N_("rejected"),
    "expired": NP_("export", "expired"),
    "taken": N_("downloaded"),
}
LEVEL: Final[Mapping[str, str]] = {
    "phone": N_("The tenant's phone"),
    "kiosk": N_("The kiosk at the entrance"),
    "person": N_("Manual check"),
}
LEVEL_LIMITS: Final[Mapping[str, str]] = {
    "phone": N_(
        "The tenant uses their own phone. This stops photos, bent prints and recordings of an "
        "earlier request, unless they match by chance (1 in 16). It does not stop a recording that "
        "follows the requested head turns, a mask, or a video fed in instead of the camera picture."
    ),
    "kiosk": N_(
        "The tenant uses the camera of the kiosk at the entrance; tenants who register on a phone "
        "wait for a manual check. This stops everything the phone option stops, and video fed in "
        "instead of the camera picture. It does not stop a mask, or a screen held up to the camera "
        "that follows the requested head turns."
    ),
    "person": N_(
        "Staff check every tenant before the key is issued, and may also notice masks and screens. "
        "This does not stop what staff overlook, and tenants wait until the check is done."
    ),
}
DELIVERY_STATE: Final[Mapping[str, str]] = {
    "owed": NP_("delivery", "pending"),
    "started": N_("being sent"),
    "done": NP_("delivery", "done"),
    "refused": NP_("delivery", "refused"),
    "expired": NP_("delivery", "expired"),
}
STAFF_ROLE: Final[Mapping[str, str]] = {
    "owner": N_("owner"),
    "desk": N_("front desk"),
    "viewer": N_("viewer"),
}
STAFF_RIGHTS: Final[Mapping[str, str]] = {
    "owner": N_("Everything, including team and alert settings"),
    "desk": N_("Offer, change and revoke keys; check tenants' identity"),
    "viewer": N_("View units, stays and locks"),
}
STAY: Final[Mapping[str, str]] = {
    "offered": N_("invitation sent"),
    "active": N_("registered"),
    "arrived": N_("arrived"),
    "ended": NP_("stay", "ended"),
    "cancelled": NP_("stay", "cancelled"),
}
OFFER: Final[Mapping[str, str]] = {
    "open": N_("not opened yet"),
    "opened": N_("opened by the tenant"),
    "used": NP_("link", "used"),
    "withdrawn": NP_("link", "withdrawn"),
}
DELAY_REASON: Final[Mapping[str, str]] = {
    "lock_out_of_service": N_("the lock is out of service"),
    "link_down": N_("the connection to the lock is down"),
    "lock_never_seen": N_("the lock has never been online"),
    "lock_offline": N_("the lock is offline"),
    "lock_refused": N_("the lock rejected the command"),
    "lock_silent": N_("the lock is not responding"),
}
RECORD: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "id_number": N_("Document number"),
    "surname": N_("Surname"),
    "given_names": N_("Given names"),
    "document_kind": N_("Type of document"),
    "expiry_date": N_("Valid until"),
    "issuing_state": N_("Issuing country"),
    "ethnicity": N_("Ethnic group"),
    "birth_date": N_("Date of birth"),
    "nationality": N_("Nationality"),
    "sex": N_("Sex"),
    "unit": N_("Unit"),
    "address": N_("Address"),
    "period": NP_("period", "Stay"),
    "receipt": N_("Registry receipt"),
}
