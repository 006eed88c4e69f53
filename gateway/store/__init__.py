"""Where rows live: models, the database, migrations, and the sealing of personal fields."""

from gateway.store.access import Ceremony, Export, Passkey
from gateway.store.alerts import Noticed, NoticeWish
from gateway.store.date_requests import DateWish
from gateway.store.fleet import Certificate, Claim
from gateway.store.identity import LivenessChallenge, Portrait
from gateway.store.model import Model
from gateway.store.outbox import Delivery, Disclosure, Event, FeedConsumer, Registration, RepeatedRequest
from gateway.store.pin_slots import SlotCode
from gateway.store.stays import Command, Consent, Key, Offer, OnceCode, Passcode, Person, Stay, Verification
from gateway.store.units import Account, Device, HeardMessage, Landlord, SetAside, SignIn, Unit

__all__ = [
    "Account",
    "Ceremony",
    "Certificate",
    "Claim",
    "Command",
    "Consent",
    "DateWish",
    "Delivery",
    "Device",
    "Disclosure",
    "Event",
    "Export",
    "FeedConsumer",
    "HeardMessage",
    "Key",
    "Landlord",
    "LivenessChallenge",
    "Model",
    "NoticeWish",
    "Noticed",
    "Offer",
    "OnceCode",
    "Passcode",
    "Passkey",
    "Person",
    "Portrait",
    "Registration",
    "RepeatedRequest",
    "SetAside",
    "SignIn",
    "SlotCode",
    "Stay",
    "Unit",
    "Verification",
]
