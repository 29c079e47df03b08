"""Graphs, and what hangs below one."""

from collections.abc import Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from knowledger.client import backups, calls, queries, questions
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
from knowledger.client.sync.backups import Backups
from knowledger.client.sync.connections import Connections
from knowledger.client.sync.files import Files
from knowledger.client.sync.operations import Operation
from knowledger.client.sync.queries import QueryResult
from knowledger.client.sync.questions import Conversations
from knowledger.client.sync.schemas import Schema
from knowledger.client.sync.tables import Tables

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Graphs:
    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def create(
        self,
        name: str,
        *,
        schema: JsonObject | None = None,
        extensions: Iterable[str] = (),
        entity: JsonObject | None = None,
        description: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> "Operation[Graph]":
        """Create a graph. Without a schema and extensions it has no types until some are inferred or added.

        With an `entity`, such as `{"name": "Apple Inc.", "cik": "320193"}`, it is a graph around that entity, which is
        its first node.
        """
        record = self._driver.run(calls.create_graph(name, schema, tuple(extensions), entity, description, tags))
        return Operation(self._driver, record.operation_id, self._created, record.operation_type)

    def list(self) -> tuple[GraphRecord, ...]:
        return self._driver.run(calls.graphs())

    def get(self, graph_id: str) -> "Graph":
        """A handle to a graph; asks nothing of the server until it is used."""
        return Graph(self._driver, graph_id)

    def deleted(self) -> tuple[DeletedGraph, ...]:
        """Those that can come back, the latest deleted first."""
        return self._driver.run(backups.deleted_graphs())

    def undelete(self, graph_id: str) -> "Graph":
        """Bring a graph back as it was, within a day of its deletion."""
        return Graph(self._driver, self._driver.run(backups.undelete(graph_id)).graph_id)

    def restore_last(self, graph_id: str, *, to: str | None = None) -> Operation[Restored]:
        """Make a new graph of the last backup of a deleted one."""
        record = self._driver.run(backups.restore_last(graph_id, to))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(Restored, found), record.operation_type
        )

    def _created(self, result: JsonObject) -> "Graph":
        return Graph(self._driver, str(result["graph_id"]))


class Graph:
    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver = driver
        self.graph_id = graph_id

    @cached_property
    def tables(self) -> Tables:
        return Tables(self._driver, self.graph_id)

    @cached_property
    def files(self) -> Files:
        return Files(self._driver, self.graph_id)

    @cached_property
    def schema(self) -> Schema:
        return Schema(self._driver, self.graph_id)

    @cached_property
    def connections(self) -> Connections:
        return Connections(self._driver, self.graph_id)

    @cached_property
    def backups(self) -> Backups:
        return Backups(self._driver, self.graph_id)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._driver, self.graph_id)

    @cached_property
    def subgraphs(self) -> "Subgraphs":
        return Subgraphs(self._driver, self.graph_id)

    def record(self) -> GraphRecord:
        return self._driver.run(calls.graph(self.graph_id))

    def info(self) -> JsonObject:
        """Its types, and how many of each there are."""
        return self._driver.run(calls.graph_info(self.graph_id))

    def limits(self) -> tuple[Limit, ...]:
        """What its tier allows, and how much of it is used."""
        return self._driver.run(calls.graph_limits(self.graph_id))

    def usage(self) -> JsonObject:
        """Bytes by layer, rows, and operations of the last 30 days."""
        return self._driver.run(calls.graph_usage(self.graph_id))

    def health(self) -> GraphHealth:
        """Opens the graph and counts: whether it holds what it should, and what is wrong."""
        return self._driver.run(calls.graph_health(self.graph_id))

    def update(self, **changes: JsonValue) -> GraphRecord:
        """Change its `name`, `description` or `tags`."""
        return self._driver.run(calls.update_graph(self.graph_id, changes))

    def delete(self) -> None:
        self._driver.run(calls.delete_graph(self.graph_id))

    def delete_with_backup(self, *, keep_days: int = 30) -> Operation[GraphDeleted]:
        """Delete it once a last backup of it is made, which can be restored for so many days."""
        record = self._driver.run(backups.delete_graph(self.graph_id, keep_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(GraphDeleted, found), record.operation_type
        )

    def materialize(
        self, *, rebuild: bool = False, ignore_errors: bool = False, tables: Iterable[str] = ()
    ) -> Operation[Materialized]:
        """Write the staged rows into the graph's next generation; with `tables`, only those of these tables."""
        record = self._driver.run(calls.materialize(self.graph_id, rebuild, ignore_errors, tuple(tables)))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(Materialized, found), record.operation_type
        )

    def materialize_plan(
        self, *, rebuild: bool = False, ignore_errors: bool = False, tables: Iterable[str] = ()
    ) -> MaterializePlan:
        """What `materialize` would do. Changes nothing."""
        return self._driver.run(calls.materialize_plan(self.graph_id, rebuild, ignore_errors, tuple(tables)))

    def materialize_status(self) -> MaterializeStatus:
        return self._driver.run(calls.materialize_status(self.graph_id))

    def ask(
        self, message: str, *, mode: questions.Mode = "standard", conversation_id: str | None = None
    ) -> Operation[questions.AnswerRecord]:
        """See `Operation.events` for the answer as it forms, and `AnswerRecord` for the whole of it.

        `conversation_id` goes on with a conversation; without it a new one begins.
        """
        record = self._driver.run(questions.ask(self.graph_id, message, mode, conversation_id))
        return Operation(self._driver, record.operation_id, partial(decode, questions.AnswerRecord), "analyze")

    def query(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> QueryResult:
        """A Cypher query. It runs when its answer is asked for, in the format that is asked for."""
        where = f"/graphs/{self.graph_id}/query"
        return QueryResult(self._driver, queries.question(where, "query", text, parameters, timeout))

    def sql(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> QueryResult:
        """A SQL query over the staging tables, under the same terms as `query`."""
        where = f"/graphs/{self.graph_id}/tables/query"
        return QueryResult(self._driver, queries.question(where, "sql", text, parameters, timeout))


class Subgraphs:
    """Graphs under a graph, with its types and files and generations of their own."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def create(
        self, name: str, *, fork: bool = False, tables: Iterable[str] = (), description: str | None = None
    ) -> "Operation[Graph]":
        """An empty subgraph; with `fork` one that begins as this graph is, or with `tables` as some of its tables."""
        record = self._driver.run(calls.create_subgraph(self._graph_id, name, fork, tuple(tables), description))
        return Operation(
            self._driver,
            record.operation_id,
            lambda found: Graph(self._driver, str(found["graph_id"])),
            record.operation_type,
        )

    def list(self) -> tuple[GraphRecord, ...]:
        return self._driver.run(calls.subgraphs(self._graph_id))

    def get(self, name: str) -> Graph:
        """The graph that a subgraph is. Raises ApiError where there is none of this name."""
        return Graph(self._driver, self._driver.run(calls.subgraph(self._graph_id, name)).graph_id)

    def delete(self, name: str) -> None:
        self._driver.run(calls.delete_subgraph(self._graph_id, name))

    def delete_with_backup(self, name: str, *, keep_days: int = 30) -> Operation[GraphDeleted]:
        record = self._driver.run(backups.delete_subgraph(self._graph_id, name, keep_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(GraphDeleted, found), record.operation_type
        )
