"""People, known by their email whatever its case."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.kernel.errors import Conflict
from knowledger.kernel.ids import new_id
from knowledger.models.tenancy import User


class EmailTaken(Conflict):
    """Somebody is registered with this email already."""

    hint = "Log in instead."


def create_user(session: Session, email: str, name: str, password_hash: str | None) -> User:
    """Raises EmailTaken."""
    user: User | None = session.scalar(
        insert(User)
        .values(id=new_id("user"), email=email, name=name, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(User)
    )
    if user is None:
        raise EmailTaken(f"Somebody is registered as {email} already.")
    return user


def find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))


def get_user(session: Session, user_id: str) -> User:
    return session.get_one(User, user_id)
