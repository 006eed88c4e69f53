"""What the retention job does with each table, and when. The job works by this table, and the guide is made from it."""

from dataclasses import dataclass
from typing import Final, Literal

from gateway.domain.events import EventType
from gateway.domain.retention.times import ACCOUNT_DAYS, USE_DAYS

Act = Literal["delete", "empty", "keep"]
Period = Literal["checked", "used", "registered", "filed", "aged", "elsewhere", "for good"]
# which rows of a table a rule is about; "" for all of the stay, or of the table
Rows = Literal["", "of doors", "of accounts", "in no feed", "in the feed", "settled", "ended", "off the lock"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is done with rows of a table, or with `columns` of them, and when.

    The periods are those of domain.retention.times, of an ended stay. `aged` rules name the column of the time and the
    days after it; `elsewhere` says which part of the gateway does it (`note`), and `for good` why it is kept. The time
    of an emptied event becomes the first second of its month.
    """

    table: str
    act: Act
    when: Period
    rows: Rows = ""
    columns: tuple[str, ...] = ()
    by: str = ""
    days: int = 0
    note: str = ""


DOOR_EVENTS: Final[frozenset[EventType]] = frozenset(
    {
        "KeyIssued",
        "KeyOnLock",
        "UnlockRequested",
        "UnlockRefused",
        "DoorUnlocked",
        "Arrived",
        "OneTimeCodeIssued",
        "KeyRevoking",
        "KeyRevoked",
        "DeviceAlarmed",
        "UnknownKeysFound",
        "FirmwareConfirmed",
        "FirmwareFailed",
    }
)
ACCOUNT_EVENTS: Final[frozenset[EventType]] = frozenset(
    {
        "ConsumerRequested",
        "ConsumerApproved",
        "ConsumerEnded",
        "AccountAdded",
        "AccountEnded",
        "UnitAdded",
        "OfficerAdmitted",
        "StaffAdded",
        "StaffEnded",
        "PasswordChanged",
        "PasskeyAdded",
        "PasskeyRemoved",
        "SecondFactorAdded",
        "SecondFactorRemoved",
        "RecoveryCodesRenewed",
        "EmailConfirmed",
        "EmailRemoved",
        "ExportRequested",
        "ExportDecided",
        "ExportTaken",
        "GatewayRestored",
        "StayErased",
        "RollOutBegun",
        "RollOutChanged",
    }
)
STAY_EVENTS: Final[frozenset[EventType]] = frozenset(
    {
        "KeyOffered",
        "OfferOpened",
        "OfferWithdrawn",
        "ConsentGiven",
        "ConsentWithdrawn",
        "IdentityVerified",
        "ReviewNeeded",
        "IdentityRefused",
        "CheckedIn",
        "DatesRequested",
        "DatesAnswered",
        "StayChanged",
        "CheckedOut",
        "StayCancelled",
        "RegistrationCorrected",
        "RegistryAccepted",
        "RegistryRefused",
        "OutcomeUnknown",
        "OutcomeSettled",
        "DeadlineNear",
        "DeadlineMissed",
        "PersonErased",
        "ErasureAsked",
        "FilingLapsed",
    }
)
"""Events that always name their stay."""

RULES: Final[tuple[Rule, ...]] = (
    # what a tenant showed
    Rule("verifications", "delete", "checked"),
    Rule("liveness_challenges", "delete", "elsewhere", note="housekeeping: an hour after its last clip"),
    Rule("portraits", "delete", "elsewhere", note="the registry that requires it has the record; or with the person"),
    # what doors, keys and codes were used for
    Rule("events", "delete", "aged", "of doors", by="at", days=USE_DAYS),
    Rule("commands", "delete", "aged", by="expires_at", days=USE_DAYS),
    Rule("deliveries", "delete", "aged", "settled", by="settled_at", days=USE_DAYS),
    Rule("received_messages", "delete", "aged", by="received_at", days=USE_DAYS),
    Rule("set_aside", "delete", "aged", by="at", days=90),
    Rule("events", "delete", "used", "in no feed"),
    Rule("commands", "delete", "used"),
    Rule("passcodes", "delete", "used"),
    Rule("once_codes", "delete", "used"),
    Rule("slot_codes", "delete", "used", "off the lock"),
    Rule("date_requests", "delete", "used"),
    Rule("keys", "empty", "used", "off the lock", columns=("credential", "holder_credential", "on_lock_at")),
    # the registration, and what proves consent to it
    Rule("people", "empty", "registered", columns=("sealed",)),
    Rule("registration_people", "empty", "registered", columns=("sealed", "answer_text")),
    Rule(
        "registrations",
        "empty",
        "registered",
        columns=("correction_reason", "answer_text", "answer_args", "held_sha256"),
    ),
    Rule("commands", "delete", "registered"),
    Rule("keys", "delete", "registered", "off the lock"),
    Rule("liveness_challenges", "delete", "registered"),
    Rule("consents", "delete", "registered"),
    Rule("offers", "delete", "registered"),
    # what proves that it was filed
    Rule("registration_people", "delete", "filed"),
    Rule("registrations", "delete", "filed"),
    Rule("deliveries", "delete", "filed"),
    Rule("people", "delete", "filed"),
    Rule("stays", "delete", "filed"),
    Rule(
        "events",
        "empty",
        "filed",
        "in the feed",
        columns=("stay_id", "device_id", "registration_id", "person_id", "data", "at"),
    ),
    # who works here
    Rule("events", "delete", "aged", "of accounts", by="at", days=ACCOUNT_DAYS),
    Rule(
        "accounts",
        "empty",
        "aged",
        "ended",
        columns=("login", "name", "password_hash", "issuer", "subject", "email", "email_language"),
        by="ended_at",
        days=ACCOUNT_DAYS,
    ),
    Rule("exports", "delete", "aged", by="expires_at", days=ACCOUNT_DAYS),
    Rule("passkeys", "delete", "elsewhere", note="the owner, who removes it; or with the account's name"),
    Rule("second_factors", "delete", "elsewhere", note="the owner, who removes it; or with the account's name"),
    Rule("alert_subscriptions", "delete", "elsewhere", note="the subscriber; or with the account's name"),
    Rule("open_alerts", "delete", "elsewhere", note="housekeeping: the condition has ended"),
    Rule("sign_ins", "delete", "elsewhere", note="housekeeping: the session has ended, or was not used"),
    Rule("sign_in_attempts", "delete", "elsewhere", note="housekeeping: 90 days"),
    Rule("ceremonies", "delete", "elsewhere", note="the sign-in: minutes"),
    Rule("repeated_requests", "delete", "elsewhere", note="housekeeping: a day, with the key of that day in the vault"),
    Rule("disclosures", "keep", "for good", note="it proves what was disclosed; names by ids only"),
    Rule("landlords", "keep", "for good", note="shown to tenants; registries have their facts of it"),
    Rule("feed_consumers", "keep", "for good", note="who was entitled to the feed, and who approved it"),
    Rule("monthly_counts", "keep", "for good", note="numbers of stays and filings in a month, without persons"),
)
