"""Signing in and out."""

import secrets
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.framework.dependencies import SESSION_COOKIE, Anybody, Gate, caller, check_origin
from api.services.access import password_fits
from api.services.schemas import SignedIn, SignInForm
from gateway.bootstrap import Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import SignInNeeded
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

router = APIRouter(tags=["accounts"])

SIGN_IN_REFUSED: Final = N_("The username or password is incorrect. Try again.")


def sign_in(gateway: Gate, form: SignInForm, request: Request, response: Response) -> Account:
    """A session for whoever knows the account's password. Raises SignInNeeded."""
    gateway.attempts.hit("sign_in", f"{caller(request)}/{form.login}")
    with gateway.database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == form.login)).one_or_none()
    if not password_fits(account, form.password) or account is None:
        raise SignInNeeded(SIGN_IN_REFUSED)
    with gateway.database.writing() as session:
        present = session.get_one(Account, account.id, with_for_update=True)
        if (present.password_hash, present.ended_at) != (account.password_hash, None):
            raise SignInNeeded(SIGN_IN_REFUSED)  # changed or ended while this password was being compared
        begin_session(gateway, session, account, response)
    return account


def begin_session(gateway: Gateway, session: Session, account: Account, response: Response) -> None:
    """A session for the account, in a cookie that scripts and other sites cannot use."""
    token, now = secrets.token_urlsafe(32), gateway.now()
    seconds = gateway.settings.session_hours * 3600
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(SignIn(token_hash=token_hash(token), account_id=account.id, expires_at=now + seconds))
    secure = gateway.settings.address.startswith("https:")
    response.set_cookie(
        SESSION_COOKIE, token, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/"
    )


def sign_out(gateway: Gate, request: Request, response: Response) -> None:
    """End the session that the request came with."""
    token = request.cookies.get(SESSION_COOKIE, "")
    with gateway.database.writing() as session:
        session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.post("/sessions", status_code=201, dependencies=[Depends(check_origin)])
def create_session(gateway: Gate, form: SignInForm, request: Request, response: Response) -> SignedIn:
    """Sign in."""
    account = sign_in(gateway, form, request, response)
    return SignedIn(role=account.role, name=account.name, area=account.area)


@router.delete("/sessions", status_code=204, dependencies=[Depends(check_origin)])
def delete_session(gateway: Gate, request: Request, response: Response) -> None:
    """Sign out."""
    sign_out(gateway, request, response)


@router.get("/me")
def read_me(account: Anybody) -> SignedIn:
    """Who is signed in."""
    return SignedIn(role=account.role, name=account.name, area=account.area)
