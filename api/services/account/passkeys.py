"""Passkeys (WebAuthn level 2): registered by whoever is signed in, and a way to sign in beside the password.

`host` is the relying party's id (`named_host`); `caller` is the address a request came from, by which attempts are
counted.
"""

import ipaddress
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.services.account.attempts import note_refused
from api.services.account.sign_in import admit
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import Conflict, NotFound, PasskeyRefused
from gateway.journey.accounts.sign_in import begin_ceremony, note_change, take_ceremony
from gateway.outbox.events import record
from gateway.store import Account, Passkey
from gateway.texts.marks import N_

MAX_PASSKEYS: Final = 10
PASSKEY_REFUSED: Final = N_("The passkey was not accepted. Try again, or use your password.")
Credential = dict[str, Any]


class PasskeyShown(BaseModel):
    """A passkey of the account. `used_at` (UTC seconds) is null until the first sign-in with it."""

    id: str
    label: str
    created_at: int
    used_at: int | None


class OptionsShown(BaseModel):
    """Options for the browser's `navigator.credentials`; `ceremony` goes back with the answer, once, within minutes."""

    ceremony: str
    options: dict[str, Any]


class PasskeyForm(Strict):
    """A new passkey as the browser made it (`PublicKeyCredential.toJSON`), and its owner's name for it."""

    ceremony: Annotated[str, Field(max_length=100)]
    credential: Credential
    label: Annotated[str, Field(max_length=80)] = ""


class PasskeyAnswer(Strict):
    """The browser's answer to a sign-in."""

    ceremony: Annotated[str, Field(max_length=100)]
    credential: Credential


def relying_party(gateway: Gateway) -> str | None:
    """Return the host that passkeys are bound to; None for an IP address, which browsers make no passkeys for."""
    host = urlsplit(gateway.settings.address).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return None


def named_host(gateway: Gateway) -> str:
    """Return the relying party's id. Raises Conflict where there can be none."""
    host = relying_party(gateway)
    if host is None:
        raise Conflict(N_("Passkeys need a domain name. Ask the system administrator to set public_url."))
    return host


def list_passkeys(gateway: Gateway, account: Account) -> list[PasskeyShown]:
    """Return the account's passkeys, oldest first."""
    with gateway.database.reading() as session:
        return [
            PasskeyShown(id=row.id, label=row.label, created_at=row.created_at, used_at=row.used_at)
            for row in passkeys_of(session, account)
        ]


def begin_passkey(gateway: Gateway, account: Account, host: str) -> OptionsShown:
    """Begin the registration of a passkey. Raises Conflict where the account has MAX_PASSKEYS already."""
    with gateway.database.writing() as session:
        known = passkeys_of(session, account)
        if len(known) >= MAX_PASSKEYS:
            raise Conflict(N_("An account can have up to ten passkeys. Remove one first."))
        options = generate_registration_options(
            rp_id=host,
            rp_name="Lodgekey",
            user_id=account.id.encode(),
            user_name=account.login,
            user_display_name=account.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential_id) for row in known],
        )
        data = {"challenge": bytes_to_base64url(options.challenge)}
        name = begin_ceremony(session, "new_passkey", data, gateway.now(), account.id)
    return OptionsShown(ceremony=name, options=options_to_json_dict(options))


def add_passkey(gateway: Gateway, account: Account, host: str, form: PasskeyForm) -> PasskeyShown:
    """Store the new passkey's public key.

    Raises PasskeyRefused unless it answers a current ceremony of this account, on this host, with the user verified.
    """
    now, challenge = gateway.now(), challenge_of(gateway, "new_passkey", form.ceremony, account.id)
    try:
        made = verify_registration_response(
            credential=form.credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=gateway.settings.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, ValueError, TypeError):
        raise PasskeyRefused(PASSKEY_REFUSED) from None
    with gateway.database.writing() as session:
        if session.scalars(select(Passkey).where(Passkey.credential_id == made.credential_id)).one_or_none():
            raise PasskeyRefused(PASSKEY_REFUSED)
        row = Passkey(
            account_id=account.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            label=form.label.strip() or "Passkey",
            created_at=now,
        )
        session.add(row)
        session.flush()
        record(session, "PasskeyAdded", now, data={"account": account.id, "passkey": row.id})
        return PasskeyShown(id=row.id, label=row.label, created_at=now, used_at=None)


def remove_passkey(gateway: Gateway, account: Account, passkey_id: str) -> None:
    """Delete one of the account's passkeys. Raises NotFound."""
    now = gateway.now()
    with gateway.database.writing() as session:
        row = session.get(Passkey, passkey_id)
        if row is None or row.account_id != account.id:
            raise NotFound(N_("You have no such passkey."))
        session.delete(row)
        note_change(session.get_one(Account, account.id), now)
        record(session, "PasskeyRemoved", now, data={"account": account.id, "passkey": passkey_id})


def begin_sign_in(gateway: Gateway, host: str, caller: str) -> OptionsShown:
    """Begin a sign-in by passkey. No username is asked for, so the answer does not disclose which accounts exist."""
    gateway.attempts.hit("passkey", caller)
    options = generate_authentication_options(rp_id=host, user_verification=UserVerificationRequirement.REQUIRED)
    with gateway.database.writing() as session:
        data = {"challenge": bytes_to_base64url(options.challenge)}
        name = begin_ceremony(session, "passkey", data, gateway.now())
    return OptionsShown(ceremony=name, options=options_to_json_dict(options))


def sign_in_by_passkey(gateway: Gateway, host: str, form: PasskeyAnswer, origin: Origin) -> tuple[Account, str]:
    """Return the account that signed in and the token of its new session.

    Raises PasskeyRefused for a passkey that is unknown, not verified or copied (its counter fell back).
    """
    gateway.attempts.hit("passkey", origin.address)
    challenge = challenge_of(gateway, "passkey", form.ceremony)
    known: str | None = None
    try:
        with gateway.database.writing(essential=True) as session:
            row = get_passkey(session, form.credential)
            known = row.account_id
            account = session.get_one(Account, known)
            _check_answer(gateway, host, row, form.credential, challenge)
            if account.ended_at is not None:
                raise PasskeyRefused(PASSKEY_REFUSED)
            return account, admit(gateway, session, account, origin, "passkey")
    except PasskeyRefused:
        note_refused(gateway, origin, "passkey", "refused", known)
        raise


def _check_answer(gateway: Gateway, host: str, row: Passkey, credential: Credential, challenge: bytes) -> None:
    """Check the signature of a sign-in and note the use of the passkey. Raises PasskeyRefused."""
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=gateway.settings.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, ValueError, TypeError):
        raise PasskeyRefused(PASSKEY_REFUSED) from None
    row.sign_count, row.used_at = verified.new_sign_count, gateway.now()


def passkeys_of(session: Session, account: Account) -> list[Passkey]:
    """Return the account's passkeys as rows, oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.created_at)))


def get_passkey(session: Session, credential: Credential) -> Passkey:
    """Return the passkey that an answer names. Raises PasskeyRefused for an unknown one."""
    try:
        name = base64url_to_bytes(str(credential["rawId"]))
    except (KeyError, ValueError):
        raise PasskeyRefused(PASSKEY_REFUSED) from None
    row = session.scalars(select(Passkey).where(Passkey.credential_id == name)).one_or_none()
    if row is None:
        raise PasskeyRefused(PASSKEY_REFUSED)
    return row


def challenge_of(gateway: Gateway, kind: str, name: str, account_id: str | None = None) -> bytes:
    """Take the challenge of a ceremony, which can be used once. Raises PasskeyRefused where there is none."""
    with gateway.database.writing() as session:
        data = take_ceremony(session, kind, name, gateway.now(), account_id)
    if data is None:
        raise PasskeyRefused(N_("This took too long. Try again."))
    return base64url_to_bytes(str(data["challenge"]))
