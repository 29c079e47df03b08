"""Bring a database to the newest schema. Run before anything else uses it; several at once take turns."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

_TURN = 7_345_120  # the advisory lock that migrations of one database take


def upgrade(url: str) -> None:
    """Apply every migration that the database lacks, all in one transaction."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        command.upgrade(configuration(connection), "head")
    engine.dispose()


def missing_migrations(engine: Engine) -> bool:
    """Whether the database is behind this version of the program."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != newest


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
