"""What every table shares: one metadata with named constraints, aware timestamps and JSON."""

from datetime import datetime

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

Timestamp = DateTime(timezone=True)
JsonB = JSONB(none_as_null=True)


class Base(DeclarativeBase):
    """The root of all tables; the naming convention lets a migration name any constraint it drops."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {datetime: Timestamp}  # noqa: RUF012 - SQLAlchemy reads it by this name
