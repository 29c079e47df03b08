"""Ways in and out for browsers. Programs use API keys."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from knowledger.api.access import PUBLIC, SESSION_COOKIE, AsUser, Router
from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.origin import refuse_other_origins
from knowledger.api.shapes import Answer, Email, Name, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.api.users import OrganizationOfUser, UserAnswer, user_answer
from knowledger.domain.tenancy.signin import (
    SESSION_LIFETIME,
    SignedIn,
    end_session,
    log_in,
    register,
    use_signin_link,
)
from knowledger.kernel.errors import Forbidden

router = Router(tags=["auth"])


class RegistrationClosed(Forbidden):
    """Nobody can register on this server by themselves."""

    hint = "Who runs it opens registration with KNOWLEDGER_REGISTRATION=true."


Password = Annotated[str, StringConstraints(max_length=1024)]
NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=1024)]


class Registration(RequestBody):
    email: Email
    password: NewPassword
    name: Name


class Login(RequestBody):
    email: Email
    password: Password


class LinkUse(RequestBody):
    token: Annotated[str, StringConstraints(max_length=200)]


class SignedInAnswer(Answer):
    """Who is signed in. `org` is where they act until a request names another in `X-Organization-Id`."""

    user: UserAnswer
    org: OrganizationOfUser | None
    message: str = Field(examples=["You are signed in."])


def from_our_own_pages(request: Request, deps: Deps) -> None:
    """Another site's page must not sign its visitor in as somebody else; a program sends no Origin."""
    refuse_other_origins(request, deps.settings, required=False)


OWN_PAGES = Depends(from_our_own_pages)


@router.post("/auth/register", status_code=201, dependencies=[PUBLIC, OWN_PAGES])
def register_user(body: Registration, request: Request, response: Response, deps: Deps) -> SignedInAnswer:
    """A new user with an organization of their own, signed in by cookie. A server may be closed to them."""
    if not deps.settings.registration:
        raise RegistrationClosed
    signed_in = register(deps.sessions, body.email, body.name, body.password)
    _set_cookie(request, response, deps, signed_in.token)
    with deps.sessions() as session:
        return _answer(session, signed_in, "Welcome.")


@router.post("/auth/login", dependencies=[PUBLIC, OWN_PAGES])
def log_user_in(body: Login, request: Request, response: Response, deps: Deps) -> SignedInAnswer:
    """Signs in by cookie. Ten attempts in 15 minutes for one email from one address."""
    address = request.client.host if request.client else ""
    signed_in = log_in(deps.sessions, body.email, body.password, address)
    _set_cookie(request, response, deps, signed_in.token)
    with deps.sessions() as session:
        return _answer(session, signed_in, "You are signed in.")


@router.post("/auth/link", dependencies=[PUBLIC, OWN_PAGES])
def sign_in_by_link(
    body: LinkUse, request: Request, response: Response, deps: Deps, session: Transaction
) -> SignedInAnswer:
    """Signs in by cookie with the token of a one-time link."""
    signed_in = use_signin_link(session, body.token)
    _set_cookie(request, response, deps, signed_in.token)
    return _answer(session, signed_in, "You are signed in.")


@router.post("/auth/logout", status_code=204)
def log_user_out(caller: AsUser, request: Request, response: Response, session: Transaction) -> None:
    """Ends the browser's session. An API key is not signed in: it is revoked instead."""
    if caller.kind == "session":
        end_session(session, caller.credential_id)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")


def _set_cookie(request: Request, response: Response, deps: ApiDeps, token: str) -> None:
    url = deps.settings.public_url or str(request.url)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=url.startswith("https:"),
    )


def _answer(session: Session, signed_in: SignedIn, message: str) -> SignedInAnswer:
    user = user_answer(session, signed_in.user_id)
    return SignedInAnswer(user=user, org=next(iter(user.organizations), None), message=message)
