from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.tenancy import Role, create_first_user
from knowledger.domain.tenancy.organizations import organizations_of
from knowledger.domain.tenancy.secrets import digest
from knowledger.models import ApiKey


def test_the_first_user_governs_their_own_organization(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = create_first_user(session, "ada@example.org", "Ada")
        (belonging,) = organizations_of(session, first.user_id)
    assert (belonging.organization_id, belonging.role, belonging.name) == (
        first.organization_id,
        Role.ADMIN,
        "Ada's organization",
    )


def test_no_key_is_stored_in_the_clear(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = create_first_user(session, "ada@example.org", "Ada")
        stored = session.scalars(select(ApiKey)).one()
    assert stored.hash == digest(first.api_key)
    assert stored.prefix == first.api_key[:11]
