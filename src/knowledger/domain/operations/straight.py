"""Straight to the driver, for the statements of which an operation's every start and word consists.

For one of these SQLAlchemy takes as long as PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

Driver: TypeAlias = "psycopg.Connection[TupleRow]"


@contextmanager
def straight(engine: Engine) -> Iterator[Driver]:
    """A connection of the engine, which is in autocommit, as the driver has it. Raises SQLAlchemy's errors."""
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as error:
        raise _as_sqlalchemy_s(error, engine) from error
    driver = cast("psycopg.Connection[Any]", pooled.driver_connection)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:  # as will be all that the pool holds
            pooled.invalidate(error)
            engine.dispose()
        raise _as_sqlalchemy_s(error, engine, invalidated=bool(driver.closed)) from error
    finally:
        pooled.close()


def _as_sqlalchemy_s(error: psycopg.Error, engine: Engine, *, invalidated: bool = False) -> BaseException:
    return DBAPIError.instance(
        None, None, error, psycopg.Error, connection_invalidated=invalidated, dialect=engine.dialect
    )
