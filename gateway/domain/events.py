"""What can happen, in the past tense: the names of events and which of them consumers of the feed may see."""

from typing import Final, Literal, get_args

EventType = Literal[
    "KeyOffered",
    "OfferOpened",
    "OfferWithdrawn",
    "ConsentGiven",
    "ConsentWithdrawn",
    "IdentityVerified",
    "ReviewNeeded",
    "IdentityRefused",
    "KeyIssued",
    "CheckedIn",
    "KeyOnLock",
    "UnlockRequested",
    "UnlockRefused",
    "DoorUnlocked",
    "Arrived",
    "DatesAsked",
    "DatesAnswered",
    "StayChanged",
    "CheckedOut",
    "StayCancelled",
    "RegistrationCorrected",
    "KeyRevoking",
    "KeyRevoked",
    "RegistryAccepted",
    "RegistryRefused",
    "OutcomeUnknown",
    "OutcomeSettled",
    "DeadlineNear",
    "DeadlineMissed",
    "ConsumerAsked",
    "ConsumerApproved",
    "ConsumerEnded",
    "OfficerAdmitted",
    "StaffAdded",
    "StaffEnded",
    "PasskeyAdded",
    "PasskeyRemoved",
    "ExportAsked",
    "ExportDecided",
    "ExportTaken",
    "DeviceAlarmed",
    "PersonErased",
]
EVENT_TYPES: Final = frozenset(get_args(EventType))

# Registration records only: never door events, movements or anything a person did at a door.
FEED_EVENTS: Final[dict[str, str]] = {
    "CheckedIn": "check_in",
    "StayChanged": "change",
    "CheckedOut": "check_out",
    "StayCancelled": "annulment",
    "RegistrationCorrected": "correction",
}
