"""Ways into a browser session: a password, or a one-time link."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.tenancy.organizations import create_organization
from knowledger.domain.tenancy.passwords import hash_password, password_matches
from knowledger.domain.tenancy.secrets import digest, new_token
from knowledger.domain.tenancy.users import create_user, find_user
from knowledger.kernel.errors import KnowledgerError, Unauthenticated
from knowledger.kernel.ids import new_id
from knowledger.models.tenancy import LoginAttempts, SigninLink, User, UserSession

SESSION_LIFETIME = timedelta(days=30)
LINK_LIFETIME = timedelta(minutes=10)
ATTEMPTS = 10
ATTEMPTS_WINDOW = timedelta(minutes=15)


class WrongPassword(Unauthenticated):
    """Email and password do not match."""

    hint = "Check both. The first user has none: `knowledger login` on the server's machine prints a sign-in link."


class SigninLinkInvalid(Unauthenticated):
    """This sign-in link was used already or is too old."""

    hint = "`knowledger login` on the server's machine prints a new one."


class TooManyLogins(KnowledgerError):
    """Too many logins were tried for this email from this address."""

    status = 429
    retryable = True
    hint = "Wait, then try again."


@dataclass(frozen=True)
class SignedIn:
    """A new browser session; `token` goes into its cookie and is kept nowhere else."""

    user_id: str
    token: str


def register(sessions: sessionmaker[Session], email: str, name: str, password: str) -> SignedIn:
    """A new user with an organization of their own. Raises EmailTaken.

    Hashing, here and in `log_in`, happens between transactions: it holds no connection while it takes its time.
    """
    password_hash = hash_password(password)
    with sessions.begin() as session:
        user = create_user(session, email, name, password_hash)
        create_organization(session, f"{name}'s organization", user.id)
        return start_session(session, user.id)


def log_in(sessions: sessionmaker[Session], email: str, password: str, address: str) -> SignedIn:
    """Raises WrongPassword or TooManyLogins.

    An attempt is counted before it is tried, so that many at once cannot slip past the count.
    """
    network = _network(address)
    with sessions.begin() as session:
        _count_attempt(session, email, network)
        user = find_user(session, email)
        known = None if user is None or user.disabled_at is not None else (user.id, user.password_hash)
    if not password_matches(known and known[1], password) or known is None:
        raise WrongPassword
    with sessions.begin() as session:
        _forget_attempts(session, email, network)
        return start_session(session, known[0])


def issue_signin_link(session: Session, user_id: str) -> str:
    """The token of a link that signs this user in once within ten minutes; the page is opened at `/#signin=<token>`."""
    token = new_token()
    session.execute(
        insert(SigninLink).values(hash=digest(token), user_id=user_id, expires_at=func.now() + LINK_LIFETIME)
    )
    return token


def use_signin_link(session: Session, token: str) -> SignedIn:
    """Raises SigninLinkInvalid. Of two who use it at once, one gets in."""
    user_id = session.scalar(
        update(SigninLink)
        .where(
            SigninLink.hash == digest(token),
            SigninLink.used_at.is_(None),
            SigninLink.expires_at > func.now(),
            SigninLink.user_id.in_(select(User.id).where(User.disabled_at.is_(None))),
        )
        .values(used_at=func.now())
        .returning(SigninLink.user_id)
    )
    if user_id is None:
        raise SigninLinkInvalid
    return start_session(session, user_id)


def start_session(session: Session, user_id: str) -> SignedIn:
    token = new_token()
    session.execute(
        insert(UserSession).values(
            id=new_id("session"), hash=digest(token), user_id=user_id, expires_at=func.now() + SESSION_LIFETIME
        )
    )
    return SignedIn(user_id, token)


def end_session(session: Session, session_id: str) -> None:
    session.execute(update(UserSession).where(UserSession.id == session_id).values(revoked_at=func.now()))


def _count_attempt(session: Session, email: str, network: str) -> None:
    over = LoginAttempts.since < func.now() - ATTEMPTS_WINDOW
    seconds_left = func.extract("epoch", LoginAttempts.since + ATTEMPTS_WINDOW - func.now())
    statement = insert(LoginAttempts).values(email=func.lower(email), address=network, attempts=1)
    attempts, retry_after_s = session.execute(
        statement.on_conflict_do_update(
            index_elements=[LoginAttempts.email, LoginAttempts.address],
            set_={
                "attempts": case((over, 1), else_=LoginAttempts.attempts + 1),
                "since": case((over, func.now()), else_=LoginAttempts.since),
            },
        ).returning(LoginAttempts.attempts, seconds_left)
    ).one()
    if attempts > ATTEMPTS:
        raise TooManyLogins(retry_after_s=max(1, int(retry_after_s)))


def _forget_attempts(session: Session, email: str, network: str) -> None:
    """This caller's, and whatever is too old to count."""
    mine = (LoginAttempts.email == func.lower(email)) & (LoginAttempts.address == network)
    session.execute(delete(LoginAttempts).where(mine | (LoginAttempts.since < func.now() - ATTEMPTS_WINDOW)))


def _network(address: str) -> str:
    """Where attempts are counted together: an IPv4 address, or the /64 that one IPv6 customer holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
