"""The migrations and the models say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from knowledger.models import Base
from knowledger.models.migrate import missing_migrations, upgrade


def test_a_migrated_database_is_what_the_models_describe(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url, poolclass=NullPool)
    assert missing_migrations(engine)
    upgrade(empty_database_url)
    assert not missing_migrations(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
