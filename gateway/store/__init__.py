"""The database: models, sessions, migrations, and the sealing of personal fields."""

from gateway.store.access import Ceremony, Export, Passkey, SecondFactor, SignInAttempt
from gateway.store.alerts import AlertSubscription, OpenAlert
from gateway.store.date_requests import DateRequest
from gateway.store.firmware import FirmwareChunk, FirmwareImage, FirmwareSupport, FirmwareUpdate, RollOut
from gateway.store.fleet import Certificate, Claim
from gateway.store.identity import LivenessChallenge, Portrait
from gateway.store.model import Model
from gateway.store.outbox import (
    Delivery,
    Disclosure,
    Event,
    FeedConsumer,
    MonthlyCount,
    Registration,
    RegistrationPerson,
    RepeatedRequest,
)
from gateway.store.pin_slots import SlotCode
from gateway.store.stays import Command, Consent, Key, Offer, OnceCode, Passcode, Person, Stay, Verification
from gateway.store.units import Account, Destination, Device, Landlord, ReceivedMessage, SetAside, SignIn, Unit

__all__ = [
    "Account",
    "AlertSubscription",
    "Ceremony",
    "Certificate",
    "Claim",
    "Command",
    "Consent",
    "DateRequest",
    "Delivery",
    "Destination",
    "Device",
    "Disclosure",
    "Event",
    "Export",
    "FeedConsumer",
    "FirmwareChunk",
    "FirmwareImage",
    "FirmwareSupport",
    "FirmwareUpdate",
    "Key",
    "Landlord",
    "LivenessChallenge",
    "Model",
    "MonthlyCount",
    "Offer",
    "OnceCode",
    "OpenAlert",
    "Passcode",
    "Passkey",
    "Person",
    "Portrait",
    "ReceivedMessage",
    "Registration",
    "RegistrationPerson",
    "RepeatedRequest",
    "RollOut",
    "SecondFactor",
    "SetAside",
    "SignIn",
    "SignInAttempt",
    "SlotCode",
    "Stay",
    "Unit",
    "Verification",
]
