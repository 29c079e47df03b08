"""Cleaning up: credentials that let nobody in any more, and the memory of requests that nobody repeats any more."""

from datetime import timedelta
from typing import Final

from sqlalchemy import CursorResult, Delete, Update, delete, func, or_, update
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.signin import ATTEMPTS_WINDOW
from knowledger.domain.upkeep.reports import Report, forget_old_reports
from knowledger.models.graphs import File
from knowledger.models.operations import Operation
from knowledger.models.tenancy import ApiKey, LoginAttempts, SigninLink, UserSession

SHOWN_FOR: Final = timedelta(days=30)
"""How long a key that has ended can be asked about."""
REPEATED_WITHIN: Final = timedelta(days=30)
"""How long the same Idempotency-Key gives the same answer. Keys of pipelines name what was due, and stay."""


def clean_up(session: Session) -> Report:
    """Delete what has expired. What is still in use is never touched, so running twice is running once."""
    now = func.now()
    ended_keys = or_(ApiKey.expires_at < now - SHOWN_FOR, ApiKey.revoked_at < now - SHOWN_FOR)
    old_requests = Operation.ended_at < now - REPEATED_WITHIN
    figures = {
        "api_keys": _count(session, delete(ApiKey).where(ended_keys)),
        "sessions": _count(
            session, delete(UserSession).where(or_(UserSession.expires_at < now, UserSession.revoked_at < now))
        ),
        "signin_links": _count(
            session, delete(SigninLink).where(or_(SigninLink.expires_at < now, SigninLink.used_at < now))
        ),
        "login_attempts": _count(session, delete(LoginAttempts).where(LoginAttempts.since < now - ATTEMPTS_WINDOW)),
        "idempotency_keys": _count(
            session,
            update(Operation)
            .where(old_requests, Operation.idempotency_key.is_not(None), Operation.user_id.is_not(None))
            .values(idempotency_key=None),
        )
        + _count(
            session,
            update(File)
            .where(File.completed_at < now - REPEATED_WITHIN, File.idempotency_key.is_not(None))
            .values(idempotency_key=None),
        ),
        "reports": forget_old_reports(session),
    }
    return Report(f"{sum(figures.values()):,} expired records were deleted.", figures)


def _count(session: Session, statement: Delete | Update) -> int:
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount
