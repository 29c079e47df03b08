"""Graphs, and what hangs below one."""

from collections.abc import Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from knowledger.client import backups, calls, queries, questions
from knowledger.client.asynchronous.backups import AsyncBackups
from knowledger.client.asynchronous.connections import AsyncConnections
from knowledger.client.asynchronous.files import AsyncFiles
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.asynchronous.queries import AsyncQueryResult
from knowledger.client.asynchronous.questions import AsyncConversations
from knowledger.client.asynchronous.schemas import AsyncSchema
from knowledger.client.asynchronous.tables import AsyncTables
from knowledger.client.backups import DeletedGraph, GraphDeleted, Restored
from knowledger.client.decode import decode
from knowledger.client.json import JsonObject, JsonValue
from knowledger.client.records import (
    GraphHealth,
    GraphRecord,
    Limit,
    Materialized,
    MaterializePlan,
    MaterializeStatus,
)

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncGraphs:
    """See `Graphs`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def create(
        self,
        name: str,
        *,
        schema: JsonObject | None = None,
        extensions: Iterable[str] = (),
        entity: JsonObject | None = None,
        description: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> "AsyncOperation[AsyncGraph]":
        record = await self._driver.run(calls.create_graph(name, schema, tuple(extensions), entity, description, tags))
        return AsyncOperation(self._driver, record.operation_id, self._created, record.operation_type)

    async def list(self) -> tuple[GraphRecord, ...]:
        return await self._driver.run(calls.graphs())

    def get(self, graph_id: str) -> "AsyncGraph":
        return AsyncGraph(self._driver, graph_id)

    async def deleted(self) -> tuple[DeletedGraph, ...]:
        return await self._driver.run(backups.deleted_graphs())

    async def undelete(self, graph_id: str) -> "AsyncGraph":
        return AsyncGraph(self._driver, (await self._driver.run(backups.undelete(graph_id))).graph_id)

    async def restore_last(self, graph_id: str, *, to: str | None = None) -> AsyncOperation[Restored]:
        record = await self._driver.run(backups.restore_last(graph_id, to))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(Restored, found), record.operation_type
        )

    def _created(self, result: JsonObject) -> "AsyncGraph":
        return AsyncGraph(self._driver, str(result["graph_id"]))


class AsyncGraph:
    """See `Graph`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver = driver
        self.graph_id = graph_id

    @cached_property
    def tables(self) -> AsyncTables:
        return AsyncTables(self._driver, self.graph_id)

    @cached_property
    def files(self) -> AsyncFiles:
        return AsyncFiles(self._driver, self.graph_id)

    @cached_property
    def schema(self) -> AsyncSchema:
        return AsyncSchema(self._driver, self.graph_id)

    @cached_property
    def connections(self) -> AsyncConnections:
        return AsyncConnections(self._driver, self.graph_id)

    @cached_property
    def backups(self) -> AsyncBackups:
        return AsyncBackups(self._driver, self.graph_id)

    @cached_property
    def conversations(self) -> AsyncConversations:
        return AsyncConversations(self._driver, self.graph_id)

    @cached_property
    def subgraphs(self) -> "AsyncSubgraphs":
        return AsyncSubgraphs(self._driver, self.graph_id)

    async def record(self) -> GraphRecord:
        return await self._driver.run(calls.graph(self.graph_id))

    async def info(self) -> JsonObject:
        return await self._driver.run(calls.graph_info(self.graph_id))

    async def limits(self) -> tuple[Limit, ...]:
        return await self._driver.run(calls.graph_limits(self.graph_id))

    async def usage(self) -> JsonObject:
        return await self._driver.run(calls.graph_usage(self.graph_id))

    async def health(self) -> GraphHealth:
        return await self._driver.run(calls.graph_health(self.graph_id))

    async def update(self, **changes: JsonValue) -> GraphRecord:
        return await self._driver.run(calls.update_graph(self.graph_id, changes))

    async def delete(self) -> None:
        await self._driver.run(calls.delete_graph(self.graph_id))

    async def delete_with_backup(self, *, keep_days: int = 30) -> AsyncOperation[GraphDeleted]:
        record = await self._driver.run(backups.delete_graph(self.graph_id, keep_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(GraphDeleted, found), record.operation_type
        )

    async def materialize(
        self, *, rebuild: bool = False, ignore_errors: bool = False, tables: Iterable[str] = ()
    ) -> AsyncOperation[Materialized]:
        record = await self._driver.run(calls.materialize(self.graph_id, rebuild, ignore_errors, tuple(tables)))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(Materialized, found), record.operation_type
        )

    async def materialize_plan(
        self, *, rebuild: bool = False, ignore_errors: bool = False, tables: Iterable[str] = ()
    ) -> MaterializePlan:
        return await self._driver.run(calls.materialize_plan(self.graph_id, rebuild, ignore_errors, tuple(tables)))

    async def materialize_status(self) -> MaterializeStatus:
        return await self._driver.run(calls.materialize_status(self.graph_id))

    async def ask(
        self, message: str, *, mode: questions.Mode = "standard", conversation_id: str | None = None
    ) -> AsyncOperation[questions.AnswerRecord]:
        record = await self._driver.run(questions.ask(self.graph_id, message, mode, conversation_id))
        return AsyncOperation(self._driver, record.operation_id, partial(decode, questions.AnswerRecord), "analyze")

    def query(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> AsyncQueryResult:
        where = f"/graphs/{self.graph_id}/query"
        return AsyncQueryResult(self._driver, queries.question(where, "query", text, parameters, timeout))

    def sql(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> AsyncQueryResult:
        where = f"/graphs/{self.graph_id}/tables/query"
        return AsyncQueryResult(self._driver, queries.question(where, "sql", text, parameters, timeout))


class AsyncSubgraphs:
    """See `Subgraphs`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def create(
        self, name: str, *, fork: bool = False, tables: Iterable[str] = (), description: str | None = None
    ) -> "AsyncOperation[AsyncGraph]":
        record = await self._driver.run(calls.create_subgraph(self._graph_id, name, fork, tuple(tables), description))
        return AsyncOperation(
            self._driver,
            record.operation_id,
            lambda found: AsyncGraph(self._driver, str(found["graph_id"])),
            record.operation_type,
        )

    async def list(self) -> tuple[GraphRecord, ...]:
        return await self._driver.run(calls.subgraphs(self._graph_id))

    async def get(self, name: str) -> AsyncGraph:
        return AsyncGraph(self._driver, (await self._driver.run(calls.subgraph(self._graph_id, name))).graph_id)

    async def delete(self, name: str) -> None:
        await self._driver.run(calls.delete_subgraph(self._graph_id, name))

    async def delete_with_backup(self, name: str, *, keep_days: int = 30) -> AsyncOperation[GraphDeleted]:
        record = await self._driver.run(backups.delete_subgraph(self._graph_id, name, keep_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(GraphDeleted, found), record.operation_type
        )
