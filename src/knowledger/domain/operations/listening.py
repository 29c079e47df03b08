"""Waiting for a PostgreSQL notification from a plain thread."""

import time
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, PoolProxiedConnection


class Listener:
    """Listens on one channel. A database that is away makes `wait` a plain pause; it listens again when it can."""

    def __init__(self, engine: Engine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._connection: PoolProxiedConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Not given back to the pool: the next user of the connection must not inherit what it listens to.
        self._drop()

    def wait(self, longest_s: float) -> str | None:
        """The payload of the next notification, or None when none came in time."""
        database_error = self._engine.dialect.loaded_dbapi.Error
        try:
            if self._connection is None:
                self._connection = self._listening()
            for notification in self._connection.driver_connection.notifies(timeout=longest_s, stop_after=1):  # type: ignore[union-attr]
                return str(notification.payload)
        except (database_error, OSError):
            self._drop()
            time.sleep(longest_s)
        return None

    def _listening(self) -> PoolProxiedConnection:
        connection = self._engine.raw_connection()
        connection.driver_connection.execute(f"LISTEN {self._channel}")  # type: ignore[union-attr]
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
