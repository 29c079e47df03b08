"""Straight to the driver, for the statements of which an operation's every start and word consists.

For one of these SQLAlchemy takes as long as PostgreSQL, and it knows no pipelines, in which a statement is sent before
the answer to the last has come.
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
    pooled = engine.raw_connection()
    driver = cast("psycopg.Connection[Any]", pooled.driver_connection)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:  # as will be all that the pool holds
            pooled.invalidate(error)
            engine.dispose()
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=bool(driver.closed), dialect=engine.dialect
        ) from error
    finally:
        pooled.close()
