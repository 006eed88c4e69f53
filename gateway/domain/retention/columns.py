"""What each column of each table says of a person, or of what a person did. A new column needs a line here.

Names of columns, separated by spaces → what they say; NOTHING for those that say nothing of a person.
"""

from collections.abc import Mapping
from typing import Final

NOTHING: Final = ""

TENANTS: Final[Mapping[str, Mapping[str, str]]] = {
    "stays": {
        "id unit_id from_at until_at arrived_at ended_at created_at": "where somebody stayed, and when",
        "state revision party_open party_is_group retention_at": NOTHING,
    },
    "offers": {
        "id stay_id person_id invited_by": "who had a link, and by whom they were invited",
        "created_at opened_at expires_at hand_over_until": "when the link was made, opened and handed over",
        "state": NOTHING,
    },
    "people": {
        "sealed": "name, number, birth date and what else the registry asks, under the person's key",
        "arrived_at came_at leaves_at left_at": "when the person came, first opened a door, and left",
        "id stay_id head_id": "whose stay, and with whom they are registered",
        "erasure_asked_at erasure_asked_by": "that erasure was asked for, when, and who recorded it",
        "role created_at erased_at": NOTHING,
    },
    "consents": {
        "id offer_id purpose text_version language given_at withdrawn_at": "what was agreed to, when",
    },
    "verifications": {
        "id offer_id person_id state method reasons score_band model created_at decided_at": "results of the checks",
        "decided_by decision_reason": "who decided, and the reason that the tenant was told",
        "holder_key": "the public key of the tenant's phone",
    },
    "liveness_challenges": {
        "offer_id issued_at expires_at answered_at attempts since": "when clips of the face were asked for",
        "nonce turns": NOTHING,
    },
    "portraits": {
        "person_id sealed kept_at": "the portrait that a registry requires, under the person's key",
        "jurisdiction": NOTHING,
    },
    "keys": {
        "id stay_id person_id offer_id device_id form not_before expires_at": "who could open which door, and when",
        "holder_key credential holder_credential holder_until": "the phone's public key, and what was signed for it",
        "created_at on_lock_at revoking_at revoked_at": "when the key was made, put on the lock and revoked",
        "desired observed reported_seq": NOTHING,
    },
    "passcodes": {
        "id stay_id device_id first_hour hours slot created_at withdrawn_at": "which codes a stay had, and when",
        "epoch": NOTHING,
    },
    "once_codes": {
        "id stay_id device_id number issued_at used_at": "when a one-time code was given and used",
        "epoch": NOTHING,
    },
    "slot_codes": {
        "id stay_id device_id slot begins_at ends_at created_at on_lock_at removed_at": "which PIN a stay had, when",
        "desired observed": NOTHING,
    },
    "commands": {
        "id device_id key_id type nonce issued_at expires_at answered_at": "when a door was opened, and with which key",
        "outcome code": NOTHING,
    },
    "date_requests": {
        "id stay_id person_id until_at requested_at answered_at agreed": "when a tenant wished to leave",
    },
    "registrations": {
        "id stay_id person_id number corrects_id refiled_id kind registry_name": "which records name a person",
        "receipt receipt_sha256 pending_reference held_sha256": "by what the registry finds the record",
        "answer_code answer_text answer_args": "what the registry said of it",
        "corrected_by corrected_fields correction_reason": "who corrected what, and why",
        "created_at deadline_at answered_at sent_at late_at": "when it was due, sent and answered",
        "state warn_at warned_at tables": NOTHING,
    },
    "registration_people": {
        "sealed": "the record as it names this person, under the person's key",
        "registration_id person_id receipt answer_code answer_text": "what the registry said of this person",
        "position": NOTHING,
    },
}

DOINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "events": {
        "type at stay_id device_id registration_id person_id data": "what was done, when, in which stay, at which door",
        "id area for_feed feed_seq": NOTHING,
    },
    "deliveries": {
        "party lane work about body command_id": "what was sent for a key, a record or a person, to whom",
        "created_at due_at expires_at started_at settled_at": "when",
        "id attempts state outcome outcome_args": NOTHING,
    },
    "received_messages": {
        "device_id seq received_at about": "when a lock or kiosk was used",
        "digest after_seq after_digest": NOTHING,
    },
    "set_aside": {
        "device_id channel at": "when a message that could not be read came from a lock or kiosk",
        "id code size sha256": NOTHING,
    },
    "repeated_requests": {
        "owner answer": "the answer to a request, under a key of its day; by whom only as a hash",
        "key digest created_at": NOTHING,
    },
    "disclosures": {
        "at consumer purpose subject fields leaf": "what was disclosed to whom, why and when, by ids",
        "seq rows first last leaf_version": NOTHING,
    },
    "monthly_counts": {"month landlord_id what name state number": NOTHING},
}

STAFF: Final[Mapping[str, Mapping[str, str]]] = {
    "landlords": {
        "name phone email registry_facts": "who owns the units, and what registries ask of them",
        "id": NOTHING,
    },
    "accounts": {
        "login name password_hash issuer subject email email_language": "who signs in, and where that is written to",
        "password_is_first first_password_at": "whether the password is one that somebody else set, and when",
        "sign_in_changed_at": "since when older means to sign in are not believed",
        "id role landlord_id area staff ended_at": "what the account may do, and until when it did",
    },
    "passkeys": {
        "id account_id credential_id public_key label created_at used_at": "with what an account signs in",
        "sign_count": NOTHING,
    },
    "second_factors": {
        "account_id sealed_secret recovery_hashes added_at used_at": "the app that shows an account's codes",
        "last_step": NOTHING,
    },
    "sign_ins": {
        "id token_hash account_id method device network begun_at used_at expires_at": "sessions of an account",
    },
    "sign_in_attempts": {
        "id account_id method outcome device network count first_at last_at": "who tried to sign in, from where",
    },
    "ceremonies": {
        "account_id data expires_at": "a sign-in under way",
        "name_hash kind": NOTHING,
    },
    "exports": {
        "id purpose requested_by requested_at decided_by decided_at taken_at": "which officer took what, who approved",
        "area from_at until_at rows approved expires_at": NOTHING,
    },
    "feed_consumers": {
        "name purpose requested_by requested_at approved_by approved_at": "who gets the feed, and who approved",
        "id areas fields rows_a_day expires_at ended_at token_hash webhook_url sealed_secret cursor": NOTHING,
    },
    "alert_subscriptions": {
        "id landlord_id account_id codes language email webhook_url": "what somebody is alerted to, and where",
        "sealed_secret": NOTHING,
    },
    "open_alerts": {
        "subscription_id what since notified_at": "of what somebody was alerted",
    },
}

THINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "units": {"id landlord_id code label address area timezone jurisdiction liveness_level": NOTHING},
    "destinations": {"unit_id position registry_name registry_facts": NOTHING},
    "devices": {
        "id site kind driver label pin_slots unit_id public_key certificate_serial certificate_expires_at trust "
        "revoked_at online bolt door door_since battery clock clock_drift clock_drift_at alarm nonce list_epoch "
        "code_epoch reported_list_epoch reported_code_epoch once_next once_from reported_once_from reported_seq "
        "state_seq last_seen_at chain_seq chain_digest chain_waits_since log_alarm log_alarm_at "
        "firmware model firmware_counter support_ends_at publisher": NOTHING,
    },
    "certificates": {
        "serial device_id public_key generation chain issued_at expires_at taken_at revoked_at enforced_at": NOTHING
    },
    "claims": {
        "serial device_id site kind unit_id label created_at expires_at used_at withdrawn_at": NOTHING,
    },
    "firmware_images": {
        "id vendor model class_id version sequence digest size envelope publisher published_at": NOTHING,
    },
    "firmware_chunks": {"image_id begins data": NOTHING},
    "firmware_roll_outs": {
        "id image_id state step step_at soak_seconds failure_limit reason begun_at ended_at": NOTHING,
    },
    "firmware_updates": {"id roll_out_id device_id state held reason since": NOTHING},
    "firmware_support": {"class_id line ends_at": NOTHING},
}

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {**TENANTS, **DOINGS, **STAFF, **THINGS}
