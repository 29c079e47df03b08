"""The hub: the one connection of this process that listens to PostgreSQL, fanned out over channels."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import structlog

from knowledger.api.live.channel import Channel
from knowledger.api.live.frames import frame
from knowledger.domain.operations.events import EVENTS_CHANNEL

log = structlog.get_logger()

_PAUSE_S = 0.25


class Hub:
    """Started with the application and closed with it; channels exist only while somebody reads them."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._channels: dict[str, Channel] = {}
        self._task: asyncio.Task[None] | None = None
        self.closing = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen_for_ever(), name="event hub")

    async def close(self) -> None:
        """End every stream; their clients come back to the next process and miss nothing."""
        self.stop_streams()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def stop_streams(self) -> None:
        self.closing.set()
        for channel in self._channels.values():
            channel.lose_track()

    @contextmanager
    def channel(self, subject: str) -> Iterator[Channel]:
        """The channel of an operation or an organization, by its id, for as long as the caller reads it."""
        channel = self._channels.setdefault(subject, Channel())
        channel.readers += 1
        try:
            yield channel
        finally:
            channel.readers -= 1
            if channel.readers == 0:
                del self._channels[subject]

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("hub.database_away", reason=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {EVENTS_CHANNEL}")
            # Whatever was said while nobody listened is in the log.
            for channel in self._channels.values():
                channel.lose_track()
            await self._hear_all(connection)

    async def _hear_all(self, connection: psycopg.AsyncConnection) -> None:
        """Until the connection breaks. Reads it as soon as there is something to read: psycopg's own `notifies` waits
        anew for each notification, which is a third of an event's way from the database to its readers."""
        socket, loop = connection.fileno(), asyncio.get_running_loop()
        broken: asyncio.Future[None] = loop.create_future()

        def hear() -> None:
            try:
                connection.pgconn.consume_input()
                while notification := connection.pgconn.notifies():
                    self._hear(notification.extra.decode())
            except Exception as error:
                loop.remove_reader(socket)
                broken.set_exception(error)

        loop.add_reader(socket, hear)
        try:
            await broken
        finally:
            loop.remove_reader(socket)

    def _hear(self, payload: str) -> None:
        said = json.loads(payload)
        subjects = [self._channels.get(said["operation"]), self._channels.get(said["organization"])]
        channels = [channel for channel in subjects if channel is not None]
        if not channels:
            return
        if "data" not in said:  # too large for a notification
            for channel in channels:
                channel.lose_track()
            return
        heard = frame(said["operation"], said["seq"], said["type"], said["data"])
        for channel in channels:
            channel.push(heard)
