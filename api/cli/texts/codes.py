"""Texts of the command line for codes and column titles that the pages have none for."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_

CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "truth": {
        "yes": N_("yes"),
        "no": N_("no"),
        "True": N_("True"),
        "False": N_("False"),
        "None": N_("None"),
    },
    "role": {
        "landlord": N_("landlord"),
        "officer": N_("officer"),
        "tester": N_("tester"),
    },
    "device": {
        "lock": NP_("device", "lock"),
        "kiosk": N_("kiosk"),
    },
    "reach": {
        "online": N_("online"),
        "offline": NP_("device", "offline"),
    },
    "keyfact": {
        "id": N_("id"),
        "lock": NP_("device", "lock"),
        "state": N_("state"),
        "until": NP_("column", "until"),
        "cannot_outlive": N_("expires at the latest"),
        "delay_reason": N_("reason for the delay"),
        "cannot_be_revoked_before": N_("cannot be revoked before"),
        "exposure_minutes": N_("may still open the door (minutes)"),
    },
    "erasure_by": {
        "tenant": N_("tenant"),
        "operator": N_("letter"),
    },
    "kept": {
        "record": N_("registration until"),
        "receipt": N_("receipt until"),
        "owed": N_("registration not filed yet, at most until"),
        "nothing": N_("nothing"),
    },
    "counted": {
        "stay": N_("stay"),
        "filing": N_("registration"),
    },
    "column": {
        "registry": N_("registry"),
        "set_up": N_("set up"),
        "records": N_("records"),
        "record": N_("record"),
        "kind": N_("type"),
        "state": N_("state"),
        "deadline_at": N_("deadline (UTC)"),
        "standing": N_("status"),
        "code": N_("code"),
    },
    "certs": {
        "phase": N_("phase"),
        "current": N_("current authority"),
        "next": N_("next authority"),
        "retired": N_("retired authorities"),
        "followed_by_gateway": N_("applied by the gateway"),
        "devices": N_("devices"),
        "behind": N_("not confirmed yet"),
    },
    "phase": {
        "standby": N_("standby"),
        "init": N_("init"),
        "clients": N_("clients"),
        "servers": N_("servers"),
    },
    "ended": {
        "person": N_("people erased"),
        "stay": N_("stays ended"),
        "key": N_("keys revoked"),
        "device": N_("devices revoked"),
        "account": N_("accounts ended"),
        "consumer": N_("consumers ended"),
        "sign_in": N_("changes of how somebody signs in"),
    },
    "paper": {
        "put_trust": N_("put_trust"),
        "put_certificate": N_("put_certificate"),
    },
    "walked": {
        "ok": N_("ok"),
        "unit": N_("unit"),
        "offer": N_("invitation"),
        "stay": N_("stay"),
        "key": N_("key"),
        "verdict": N_("result of the check"),
        "by": N_("decided by"),
        "outcome": N_("outcome"),
        "reasons": N_("reasons"),
        "score_band": N_("face comparison"),
        "issued_to_on_lock_ms": N_("from issue to on the lock (ms)"),
        "tap_to_unlocked_ms": N_("from press to unlocked (ms)"),
        "registration": N_("registration"),
        "receipt": N_("receipt"),
        "feed_sequence": N_("number in the feed"),
        "key_after_the_end": N_("key after the end"),
        "check_out_receipt": N_("check-out receipt"),
        "people": N_("people"),
        "records": N_("records"),
        "kind": N_("type"),
        "state": N_("state"),
    },
    "by": {
        "machine": N_("machine"),
        "person": N_("staff"),
    },
    "outcome": {
        "passed": N_("passed"),
    },
    "fault": {
        "foreign": N_("A tree head was signed with a different key from this log's."),
        "truncated": N_("The log has fewer entries than before."),
        "restored": N_("The log was restored from a backup; entries since that backup are lost."),
        "altered": N_("An earlier entry was changed, removed or moved."),
        "backwards": N_("A larger tree head is older than a smaller one."),
    },
}
