"""Values for the pages about an account's sign-in, and about those who work for a landlord."""

from typing import Final

from api.services.account.attempts import AttemptShown
from api.services.account.email import EmailShown
from api.services.account.passkeys import PasskeyShown
from api.services.account.second_factor import EnrolmentShown, SecondFactorShown
from api.services.account.sessions import SessionShown
from api.services.landlord.staff import StaffShown, StaffTakenOn
from tests.browser.samples.facts import DAY, NOW

SESSIONS: Final = [
    SessionShown(
        id="s1",
        current=True,
        method="passkey",
        device="Chrome, Android",
        network="203.0.113.0/24",
        begun_at=NOW - 3 * 3600,
        used_at=NOW - 20,
        expires_at=NOW + 9 * 3600,
    ),
    SessionShown(
        id="s2",
        current=False,
        method="password",
        device="Firefox, Windows",
        network="2001:db8:1::/48",
        begun_at=NOW - DAY,
        used_at=NOW - 1800,
        expires_at=NOW + 3600,
    ),
    SessionShown(
        id="s3",
        current=False,
        method="single_sign_on",
        device="",
        network="",
        begun_at=NOW - DAY,
        used_at=NOW - 2400,
        expires_at=NOW + 3600,
    ),
]
ATTEMPTS: Final = [
    AttemptShown(
        outcome=outcome,
        method=method,
        device=device,
        network=network,
        count=count,
        first_at=NOW - ago - 60,
        last_at=NOW - ago,
    )
    for outcome, method, device, network, count, ago in (
        ("accepted", "passkey", "Chrome, Android", "203.0.113.0/24", 1, 3 * 3600),
        ("wrong_password", "password", "Firefox, Windows", "2001:db8:1::/48", 3, DAY + 40),
        ("too_many", "password", "", "198.51.100.0/24", 1, 2 * DAY),
    )
]

FACTOR: Final = SecondFactorShown(required=True, added_at=NOW - 30 * DAY, used_at=NOW - 3 * 3600, recovery_codes=9)
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ENROLMENT: Final = EnrolmentShown(
    ceremony="c", secret=SECRET, uri=f"otpauth://totp/Lodgekey:shen?secret={SECRET}&issuer=Lodgekey&digits=6&period=30"
)
RECOVERY_CODES: Final = [f"AB{number}D-EFGH-JKLM-NPQR-STUV-WXYZ" for number in range(2, 10)] + [
    "2345-6789-ABCD-EFGH-JKLM-NPQR"
] * 2
PASSKEY: Final = PasskeyShown(id="p1", label="Pixel 9", created_at=NOW - 9 * DAY, used_at=NOW - 3600)
EMAIL: Final = EmailShown(email="chen@example.org", proposed="chen.meilan@example.org")
NO_EMAIL: Final = EmailShown(email="", proposed="")
CONFIRM: Final = {"role": "landlord", "login": "chen", "token": "t", "email": EMAIL.email}
STAFF: Final = [
    StaffShown(id="a1", login="chen", name="陈美兰", staff="owner"),
    StaffShown(id="a2", login="wu.desk", name="吴前台", staff="desk"),
    StaffShown(id="a3", login="viewer", name="Ada Example", staff="viewer"),
]
TAKEN_ON: Final = StaffTakenOn(id="a4", login="liu.night", name="刘夜班", staff="desk", password="qX3v-7LmR2tWz9Ab")
