"""Telling a database that is away from one that refuses."""

from sqlalchemy.exc import DBAPIError, OperationalError


def is_database_away(error: BaseException) -> bool:
    """Whether a database error is about the connection, not about what was asked."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, OperationalError))
