from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = sqlalchemy.create_engine(database_url)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()
