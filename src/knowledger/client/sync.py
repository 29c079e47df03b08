"""The blocking client: `Client` and the handles that it gives out."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Generic, Self, TypeVar

from knowledger.client import backups, calls, environment, queries
from knowledger.client.decode import decode
from knowledger.client.events import OperationEvent
from knowledger.client.following import Patience, follow
from knowledger.client.json import JsonObject, JsonValue
from knowledger.client.records import (
    ApiKeyRecord,
    FileRecord,
    GraphHealth,
    GraphRecord,
    InferredSchema,
    IssuedKey,
    Limit,
    Materialized,
    MaterializePlan,
    MaterializeStatus,
    OperationPage,
    OperationRecord,
    QueryAnswer,
    RejectPage,
    SchemaVerdict,
    Staged,
    TableRecord,
)
from knowledger.client.uploads import OnProgress, Upload, source_of, upload

if TYPE_CHECKING:
    import pyarrow as pa

    from knowledger.client.blocking import Driver

R = TypeVar("R")


class Client:
    """A connection to one Knowledger server. Safe to use from several threads.

    `url` and `api_key` default to `KNOWLEDGER_URL` and `KNOWLEDGER_API_KEY`, and these to what `knowledger login` kept,
    or to the stack on this machine. `timeout` is how many seconds a request may stay without an answer.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None, *, timeout: float = 60.0) -> None:
        from knowledger.client.blocking import Driver  # httpx takes 0.2 s, which `knowledger --help` shall not pay

        self.url, key = (url, api_key or environment.api_key()) if url else environment.server(api_key)
        self._driver = Driver(self.url, key, timeout)

    @cached_property
    def graphs(self) -> "Graphs":
        return Graphs(self._driver)

    @cached_property
    def operations(self) -> "Operations":
        return Operations(self._driver)

    @cached_property
    def api_keys(self) -> "ApiKeys":
        return ApiKeys(self._driver)

    def user(self) -> JsonObject:
        """Who the credential belongs to, with their organizations."""
        return self._driver.run(calls.user())

    def sign_in(self, email: str, password: str) -> JsonObject:
        """Begin a session, for a client without an API key."""
        return self._driver.run(calls.sign_in(email, password))

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ApiKeys:
    """The API keys of the user, in the organization where they act."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def list(self) -> tuple[ApiKeyRecord, ...]:
        """Those that still work, newest first."""
        return self._driver.run(calls.api_keys())

    def create(self, name: str, *, scopes: Iterable[str] = (), expires_at: datetime | None = None) -> IssuedKey:
        """Without scopes it may read and write; `admin` has to be asked for."""
        return self._driver.run(calls.create_api_key(name, tuple(scopes), expires_at))

    def revoke(self, api_key_id: str) -> None:
        self._driver.run(calls.revoke_api_key(api_key_id))


class Operation(Generic[R]):
    """A piece of work on the server. It goes on whether or not anybody watches."""

    def __init__(
        self, driver: "Driver", operation_id: str, read: Callable[[JsonObject], R], operation_type: str = ""
    ) -> None:
        self._driver, self._read = driver, read
        self.operation_id = operation_id
        self.operation_type = operation_type

    def events(
        self, *, after: int = 0, timeout: float | None = None, idle_timeout: float = 30.0
    ) -> Iterator[OperationEvent]:
        """Every event after number `after`, each once and in order, until the operation ended.

        A dropped connection is resumed. Raises StreamLost where that fails for long, TimedOut after `timeout` seconds.
        """
        patience = Patience(idle_s=idle_timeout, total_s=timeout)
        return self._driver.iterate(follow(self.operation_id, after=after, patience=patience))

    def wait(self, timeout: float | None = None) -> OperationRecord:
        """The record once the operation has ended, however it ended. Raises TimedOut."""
        return self._driver.run(calls.ended(self.operation_id, Patience(total_s=timeout)))

    def result(self, timeout: float | None = None) -> R:
        """What it came to. Raises OperationFailed, OperationCancelled or TimedOut."""
        return self._driver.run(calls.result(self.operation_id, Patience(total_s=timeout), self._read))

    def status(self) -> OperationRecord:
        return self._driver.run(calls.operation(self.operation_id))

    def cancel(self) -> None:
        """Ask for the end. The operation ends as cancelled, unless it completes before that."""
        self._driver.run(calls.cancel_operation(self.operation_id))


class Operations:
    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def list(
        self,
        *,
        status: str | None = None,
        graph_id: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OperationPage:
        """Newest first; `next_cursor` of a page leads to the next."""
        return self._driver.run(calls.operations(status, graph_id, kind, cursor, limit))

    def get(self, operation_id: str) -> Operation[JsonObject]:
        return Operation(self._driver, operation_id, lambda found: found)


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

    def _created(self, result: JsonObject) -> "Graph":
        return Graph(self._driver, str(result["graph_id"]))


class Graph:
    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver = driver
        self.graph_id = graph_id

    @cached_property
    def tables(self) -> "Tables":
        return Tables(self._driver, self.graph_id)

    @cached_property
    def files(self) -> "Files":
        return Files(self._driver, self.graph_id)

    @cached_property
    def schema(self) -> "Schema":
        return Schema(self._driver, self.graph_id)

    @cached_property
    def backups(self) -> "Backups":
        return Backups(self._driver, self.graph_id)

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

    def query(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> "QueryResult":
        """A Cypher query. It runs when its answer is asked for, in the format that is asked for."""
        where = f"/graphs/{self.graph_id}/query"
        return QueryResult(self._driver, queries.question(where, "query", text, parameters, timeout))

    def sql(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> "QueryResult":
        """A SQL query over the staging tables, under the same terms as `query`."""
        where = f"/graphs/{self.graph_id}/tables/query"
        return QueryResult(self._driver, queries.question(where, "sql", text, parameters, timeout))


class Subgraphs:
    """Graphs under a graph, with its types and files and generations of their own."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def create(
        self, name: str, *, fork: bool = False, tables: Iterable[str] = (), description: str | None = None
    ) -> Operation[Graph]:
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


class Backups:
    """The stored copies of a graph, and exports for other programs."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def create(self, *, kind: str = "full", retention_days: int | None = None) -> Operation[backups.BackedUp]:
        """Back the current generation up: `full`, or `logical`, which any version of the engine can read."""
        record = self._driver.run(backups.create(self._graph_id, kind, retention_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.BackedUp, found), record.operation_type
        )

    def export(self, format: str, *, retention_days: int | None = None) -> Operation[backups.Exported]:  # noqa: A002
        """Write the graph to files, `parquet`, `csv` or `json`, in a zip that `download` gives."""
        record = self._driver.run(backups.export(self._graph_id, format, retention_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Exported, found), record.operation_type
        )

    def list(self) -> tuple[backups.BackupRecord, ...]:
        """Newest first; each is complete."""
        return self._driver.run(backups.all_of(self._graph_id))

    def get(self, backup_id: str) -> backups.BackupRecord:
        return self._driver.run(backups.one(self._graph_id, backup_id))

    def verify(self, backup_id: str) -> Operation[backups.Verified]:
        """Put it back into private files and compare all of it; the result says whether it is `sound`."""
        record = self._driver.run(backups.verify(self._graph_id, backup_id))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Verified, found), record.operation_type
        )

    def restore(
        self, backup_id: str, *, to: str | None = None, confirm: str | None = None
    ) -> Operation[backups.Restored]:
        """Into a new graph named `to`; or in place, where `confirm` is the graph's own name."""
        record = self._driver.run(backups.restore(self._graph_id, backup_id, to, confirm))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Restored, found), record.operation_type
        )

    def download(self, backup_id: str, target: str | Path) -> None:
        """Save it as one file, which is there only once it is whole."""
        self._driver.run(backups.download(self._graph_id, backup_id, target))

    def thin_out(
        self, *, hourly: int = 24, daily: int = 7, weekly: int = 5, monthly: int = 12, dry_run: bool = False
    ) -> backups.Thinned:
        """Delete the backups that no hour, day, week or month keeps; never the newest verified one."""
        keep = {"hourly": hourly, "daily": daily, "weekly": weekly, "monthly": monthly}
        return self._driver.run(backups.thin_out(self._graph_id, keep, dry_run))

    def delete(self, backup_id: str) -> None:
        self._driver.run(backups.remove(self._graph_id, backup_id))


class Schema:
    """The node and relationship types of a graph, as the JSON that users write."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def get(self) -> JsonObject:
        return self._driver.run(calls.schema(self._graph_id))

    def export(self) -> JsonObject:
        """`{"schema": …, "ddl": […]}`"""
        return self._driver.run(calls.schema_export(self._graph_id))

    def extend(self, added: JsonObject) -> JsonObject:
        """Add types, or optional properties to types. Raises ApiError where that would change what is there."""
        return self._driver.run(calls.extend_schema(self._graph_id, added))

    def validate(self, schema: JsonObject, *, extensions: Iterable[str] = ()) -> SchemaVerdict:
        """Check a schema, which may build on this graph's types and on those of extensions. Changes nothing."""
        return self._driver.run(calls.validate_schema(self._graph_id, schema, tuple(extensions)))

    def infer(self, *file_ids: str) -> InferredSchema:
        """Types and keys that would fit these uploaded files. Changes nothing."""
        return self._driver.run(calls.infer_schema(self._graph_id, file_ids))


class Files:
    """The uploads of a graph."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def list(self) -> tuple[FileRecord, ...]:
        return self._driver.run(calls.files(self._graph_id))

    def get(self, file_id: str) -> FileRecord:
        return self._driver.run(calls.file(self._graph_id, file_id))

    def delete(self, file_id: str) -> None:
        self._driver.run(calls.delete_file(self._graph_id, file_id))

    def upload(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        table: str | None = None,
        stage: bool = True,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Upload:
        """Upload a file (or bytes, with a name), in parts that are resumed where the connection breaks.

        With `stage`, and a table that is named or fits its name, staging begins at once: see the upload's `operation`.
        """
        source = source_of(content, name)
        flow = upload(self._graph_id, source, table=table, stage=stage, on_error=on_error, on_progress=on_progress)
        return self._driver.run(flow)

    def stage(self, file_id: str, *, table: str | None = None, on_error: str = "continue") -> Operation[Staged]:
        record = self._driver.run(calls.stage_file(self._graph_id, file_id, table, on_error))
        return self.staging(record)

    def staging(self, record: OperationRecord) -> Operation[Staged]:
        """The handle of an operation that stages a file."""
        return Operation(self._driver, record.operation_id, lambda found: decode(Staged, found), record.operation_type)


class Tables:
    """The tables that a graph's types give: `graph.tables["Fact"]`."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def __getitem__(self, name: str) -> "Table":
        return Table(self._driver, self._graph_id, name)

    def list(self) -> tuple[TableRecord, ...]:
        return self._driver.run(calls.tables(self._graph_id))


class Table:
    def __init__(self, driver: "Driver", graph_id: str, name: str) -> None:
        self._driver, self._graph_id = driver, graph_id
        self.name = name

    def record(self) -> TableRecord:
        """Its columns and counts, with a preview of its rows."""
        return self._driver.run(calls.table(self._graph_id, self.name))

    def load(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Operation[Staged]:
        """Upload a file into this table, and begin to stage it. Returns once the upload is whole."""
        files = Files(self._driver, self._graph_id)
        done = files.upload(content, name=name, table=self.name, on_error=on_error, on_progress=on_progress)
        if done.operation is not None:
            return files.staging(done.operation)
        return files.stage(done.file.file_id, table=self.name, on_error=on_error)

    def rejects(self, *, file_id: str | None = None, limit: int = 100, offset: int = 0) -> RejectPage:
        """The rows that did not fit, each with its place and the reason."""
        return self._driver.run(calls.rejects(self._graph_id, self.name, file_id, limit, offset))


class QueryResult:
    """The answer of one query. Iterate over it to take the rows as they come, however many they are."""

    def __init__(self, driver: "Driver", asked: queries.Question) -> None:
        self._driver, self._asked = driver, asked

    @cached_property
    def answer(self) -> QueryAnswer:
        """The whole answer with its figures. `truncated` says that the server's limit cut it off."""
        return self._driver.run(queries.whole_answer(self._asked))

    @property
    def columns(self) -> tuple[str, ...]:
        return self.answer.columns

    @property
    def rows(self) -> tuple[JsonObject, ...]:
        return queries.all_rows(self.answer)

    def __iter__(self) -> Iterator[JsonObject]:
        return self._driver.iterate(queries.rows(self._asked))

    def to_arrow(self) -> "pa.Table":
        return self._driver.run(queries.arrow_table(self._asked))

    def to_pandas(self) -> "queries.DataFrame":
        return self._driver.run(queries.data_frame(self._asked))

    def to_csv(self, path: str | Path) -> None:
        """Write the answer to a file, which appears only when it is whole."""
        self._driver.run(queries.save(self._asked, queries.CSV, path))

    def to_parquet(self, path: str | Path) -> None:
        """Write the answer to a file, which appears only when it is whole."""
        self._driver.run(queries.save(self._asked, queries.PARQUET, path))

    def write(self, media_type: str, target: str | Path | BinaryIO) -> None:
        """Write the answer in one of the formats of `queries`, to a file of this name or into an open one."""
        self._driver.run(queries.save(self._asked, media_type, target))
