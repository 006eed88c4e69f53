"""E-mails to owners of accounts: links that they asked for, and what was changed of how they sign in."""

from collections.abc import Mapping
from typing import Final, Literal

from gateway.texts.marks import N_
from gateway.texts.translator import translator

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
