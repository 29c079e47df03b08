from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.tenancy import create_first_user


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = sqlalchemy.create_engine(database_url, pool_size=20)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture
def organization_id(sessions: sessionmaker[Session]) -> str:
    with sessions.begin() as session:
        return create_first_user(session, "ada@example.org", "Ada").organization_id
