"""Who may read a repository, and who may have it load more."""

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.kernel.errors import Forbidden
from knowledger.models.filings import RepositoryAccess


class LoadingNotAllowed(Forbidden):
    """Your organization may read this repository, but not have it load more."""

    hint = "What is loaded is shared by all; the organization that keeps the repository decides what that is."


def has_access(session: Session, organization_id: str, repository: str) -> bool:
    """Whether the organization may read the repository's graph."""
    return bool(session.scalar(select(exists().where(*_reaching(organization_id, repository)))))


def require_may_load(session: Session, organization_id: str, repository: str) -> None:
    """Raises LoadingNotAllowed."""
    granted = exists().where(*_reaching(organization_id, repository), RepositoryAccess.may_load)
    if not session.scalar(select(granted)):
        raise LoadingNotAllowed


def grant_access(session: Session, organization_id: str | None, repository: str, *, may_load: bool = False) -> None:
    """Let an organization read the repository, or everybody; again, it changes what it may."""
    values = insert(RepositoryAccess).values(repository=repository, organization_id=organization_id, may_load=may_load)
    session.execute(
        values.on_conflict_do_update(
            index_elements=[RepositoryAccess.repository, RepositoryAccess.organization_id], set_={"may_load": may_load}
        )
    )


def revoke_access(session: Session, organization_id: str, repository: str) -> None:
    """Take back what was granted to this organization itself; what everybody may read, it still may."""
    session.execute(
        delete(RepositoryAccess).where(
            RepositoryAccess.repository == repository, RepositoryAccess.organization_id == organization_id
        )
    )


def _reaching(organization_id: str, repository: str) -> tuple[ColumnElement[bool], ...]:
    everybody = RepositoryAccess.organization_id.is_(None)
    return (
        RepositoryAccess.repository == repository,
        or_(everybody, RepositoryAccess.organization_id == organization_id),
    )
