"""The banks that a graph is fed by."""

from typing import TYPE_CHECKING

from knowledger.client import connections
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.connections import ConnectionRecord, LinkedRecord, LinkTokenRecord, RemovedRecord, Synced
from knowledger.client.decode import decode

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncConnections:
    """See `Connections`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def list(self) -> tuple[ConnectionRecord, ...]:
        return await self._driver.run(connections.all_of(self._graph_id))

    async def get(self, connection_id: str) -> ConnectionRecord:
        return await self._driver.run(connections.one(self._graph_id, connection_id))

    async def begin_link(self, *, environment: str | None = None, connection_id: str | None = None) -> LinkTokenRecord:
        return await self._driver.run(connections.begin(self._graph_id, environment, connection_id))

    async def finish_link(
        self,
        link_token: str,
        *,
        environment: str | None = None,
        connection_id: str | None = None,
        keeps_books: bool = False,
    ) -> LinkedRecord:
        return await self._driver.run(
            connections.finish(self._graph_id, link_token, environment, connection_id, keeps_books)
        )

    async def exchange(
        self,
        public_token: str,
        *,
        environment: str | None = None,
        entity_id: str | None = None,
        keeps_books: bool = False,
    ) -> LinkedRecord:
        return await self._driver.run(
            connections.exchange(self._graph_id, public_token, environment, entity_id, keeps_books)
        )

    async def made_up(self, *, environment: str = "example", institution_id: str | None = None) -> str:
        return await self._driver.run(connections.made_up(self._graph_id, environment, institution_id))

    async def sync(self, connection_id: str) -> AsyncOperation[Synced]:
        record = await self._driver.run(connections.sync(self._graph_id, connection_id))
        return self.following(record.operation_id)

    def following(self, operation_id: str) -> AsyncOperation[Synced]:
        return AsyncOperation(self._driver, operation_id, lambda found: decode(Synced, found), "sync_connection")

    async def rehearse(self, connection_id: str, event: str) -> None:
        await self._driver.run(connections.rehearse(self._graph_id, connection_id, event))

    async def remove(self, connection_id: str, *, forget: bool = False) -> RemovedRecord:
        return await self._driver.run(connections.remove(self._graph_id, connection_id, forget))
