"""Bring a database to the newest schema. Run before anything else uses it; several at once take turns."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_TURN = 7_345_120  # the advisory lock that migrations of one database take


def upgrade(url: str) -> None:
    """Apply every migration that the database lacks, all in one transaction."""
    from alembic import command  # 8 MB that only the one who migrates shall pay

    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        command.upgrade(configuration(connection), "head")
    engine.dispose()


def missing_migrations(engine: Engine) -> bool:
    """Whether the database is behind this version of the program. Their files are named by number, the newest last."""
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return True
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) != newest)


def configuration(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
