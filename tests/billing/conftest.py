from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.subscriptions import open_customer
from knowledger.domain.tenancy import create_first_user


@pytest.fixture(scope="session")
def engine(reused_database_url: str) -> Iterator[sqlalchemy.Engine]:
    engine = sqlalchemy.create_engine(reused_database_url, pool_size=20)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: sqlalchemy.Engine, emptied_database_url: str) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def organization_id(sessions: sessionmaker[Session]) -> str:
    with sessions.begin() as session:
        return create_first_user(session, "ada@example.org", "Ada").organization_id


@pytest.fixture
def penniless(sessions: sessionmaker[Session], organization_id: str) -> str:
    """An organization whose plan gives it nothing for years."""
    with sessions.begin() as session:
        open_customer(session, organization_id, datetime(2026, 3, 1, tzinfo=UTC)).allocated_until = datetime(
            2100, 1, 1, tzinfo=UTC
        )
    return organization_id
