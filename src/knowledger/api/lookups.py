"""Single statements asked from the event loop itself: a trip to a thread takes longer than PostgreSQL's answer."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import ConnectionTimeout
from psycopg.rows import DictRow, dict_row

_MOST_AT_ONCE = 8
_PATIENCE_S = 30

Connection: TypeAlias = AsyncConnection[DictRow]


class Lookups:
    """Connections of one event loop, made as they are needed. Each has every statement by itself.

    They are not those of the sessions, which belong to threads.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._idle: list[Connection] = []
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def row(self, statement: str, values: Mapping[str, object]) -> Mapping[str, Any] | None:
        """The one row of a statement that only reads, in psycopg's words. Raises psycopg's OperationalError."""
        try:
            async with asyncio.timeout(_PATIENCE_S), self._turns:
                while self._idle:
                    with suppress(OperationalError):  # the database was started again since
                        return await self._ask(self._idle.pop(), statement, values)
                return await self._ask(await self._connected(), statement, values)
        except TimeoutError:
            raise ConnectionTimeout from None

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    async def _connected(self) -> Connection:
        return await AsyncConnection.connect(self._conninfo, autocommit=True, row_factory=dict_row)

    async def _ask(self, connection: Connection, statement: str, values: Mapping[str, object]) -> DictRow | None:
        try:
            row = await (await connection.execute(statement, values)).fetchone()
        except BaseException:  # whoever asked may also have gone, in the middle of the answer
            await connection.close()
            raise
        self._idle.append(connection)
        return row
