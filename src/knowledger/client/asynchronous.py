"""The asynchronous client: `AsyncClient`, its handles those of `Client` with `await` before what asks the server."""

from collections.abc import AsyncIterator, Callable, Iterable
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

    from knowledger.client.awaiting import AsyncDriver

R = TypeVar("R")


class AsyncClient:
    """See `Client`."""

    def __init__(self, url: str | None = None, api_key: str | None = None, *, timeout: float = 60.0) -> None:
        from knowledger.client.awaiting import AsyncDriver  # httpx takes 0.2 s, which `knowledger --help` shall not pay

        self.url, key = (url, api_key or environment.api_key()) if url else environment.server(api_key)
        self._driver = AsyncDriver(self.url, key, timeout)

    @cached_property
    def graphs(self) -> "AsyncGraphs":
        return AsyncGraphs(self._driver)

    @cached_property
    def operations(self) -> "AsyncOperations":
        return AsyncOperations(self._driver)

    @cached_property
    def api_keys(self) -> "AsyncApiKeys":
        return AsyncApiKeys(self._driver)

    async def user(self) -> JsonObject:
        return await self._driver.run(calls.user())

    async def sign_in(self, email: str, password: str) -> JsonObject:
        return await self._driver.run(calls.sign_in(email, password))

    async def close(self) -> None:
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class AsyncApiKeys:
    """See `ApiKeys`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def list(self) -> tuple[ApiKeyRecord, ...]:
        return await self._driver.run(calls.api_keys())

    async def create(self, name: str, *, scopes: Iterable[str] = (), expires_at: datetime | None = None) -> IssuedKey:
        return await self._driver.run(calls.create_api_key(name, tuple(scopes), expires_at))

    async def revoke(self, api_key_id: str) -> None:
        await self._driver.run(calls.revoke_api_key(api_key_id))


class AsyncOperation(Generic[R]):
    """See `Operation`."""

    def __init__(
        self, driver: "AsyncDriver", operation_id: str, read: Callable[[JsonObject], R], operation_type: str = ""
    ) -> None:
        self._driver, self._read = driver, read
        self.operation_id = operation_id
        self.operation_type = operation_type

    def events(
        self, *, after: int = 0, timeout: float | None = None, idle_timeout: float = 30.0
    ) -> AsyncIterator[OperationEvent]:
        patience = Patience(idle_s=idle_timeout, total_s=timeout)
        return self._driver.iterate(follow(self.operation_id, after=after, patience=patience))

    async def wait(self, timeout: float | None = None) -> OperationRecord:
        return await self._driver.run(calls.ended(self.operation_id, Patience(total_s=timeout)))

    async def result(self, timeout: float | None = None) -> R:
        return await self._driver.run(calls.result(self.operation_id, Patience(total_s=timeout), self._read))

    async def status(self) -> OperationRecord:
        return await self._driver.run(calls.operation(self.operation_id))

    async def cancel(self) -> None:
        await self._driver.run(calls.cancel_operation(self.operation_id))


class AsyncOperations:
    """See `Operations`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def list(
        self,
        *,
        status: str | None = None,
        graph_id: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OperationPage:
        return await self._driver.run(calls.operations(status, graph_id, kind, cursor, limit))

    def get(self, operation_id: str) -> AsyncOperation[JsonObject]:
        return AsyncOperation(self._driver, operation_id, lambda found: found)


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

    def _created(self, result: JsonObject) -> "AsyncGraph":
        return AsyncGraph(self._driver, str(result["graph_id"]))


class AsyncGraph:
    """See `Graph`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver = driver
        self.graph_id = graph_id

    @cached_property
    def tables(self) -> "AsyncTables":
        return AsyncTables(self._driver, self.graph_id)

    @cached_property
    def files(self) -> "AsyncFiles":
        return AsyncFiles(self._driver, self.graph_id)

    @cached_property
    def schema(self) -> "AsyncSchema":
        return AsyncSchema(self._driver, self.graph_id)

    @cached_property
    def backups(self) -> "AsyncBackups":
        return AsyncBackups(self._driver, self.graph_id)

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

    def query(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> "AsyncQueryResult":
        where = f"/graphs/{self.graph_id}/query"
        return AsyncQueryResult(self._driver, queries.question(where, "query", text, parameters, timeout))

    def sql(self, text: str, parameters: JsonValue = None, *, timeout: float | None = None) -> "AsyncQueryResult":
        where = f"/graphs/{self.graph_id}/tables/query"
        return AsyncQueryResult(self._driver, queries.question(where, "sql", text, parameters, timeout))


class AsyncSubgraphs:
    """See `Subgraphs`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def create(
        self, name: str, *, fork: bool = False, tables: Iterable[str] = (), description: str | None = None
    ) -> AsyncOperation[AsyncGraph]:
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


class AsyncBackups:
    """See `Backups`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def create(
        self, *, kind: str = "full", retention_days: int | None = None
    ) -> AsyncOperation[backups.BackedUp]:
        record = await self._driver.run(backups.create(self._graph_id, kind, retention_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.BackedUp, found), record.operation_type
        )

    async def export(self, format: str, *, retention_days: int | None = None) -> AsyncOperation[backups.Exported]:  # noqa: A002
        record = await self._driver.run(backups.export(self._graph_id, format, retention_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Exported, found), record.operation_type
        )

    async def list(self) -> tuple[backups.BackupRecord, ...]:
        return await self._driver.run(backups.all_of(self._graph_id))

    async def get(self, backup_id: str) -> backups.BackupRecord:
        return await self._driver.run(backups.one(self._graph_id, backup_id))

    async def verify(self, backup_id: str) -> AsyncOperation[backups.Verified]:
        record = await self._driver.run(backups.verify(self._graph_id, backup_id))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Verified, found), record.operation_type
        )

    async def restore(
        self, backup_id: str, *, to: str | None = None, confirm: str | None = None
    ) -> AsyncOperation[backups.Restored]:
        record = await self._driver.run(backups.restore(self._graph_id, backup_id, to, confirm))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Restored, found), record.operation_type
        )

    async def download(self, backup_id: str, target: str | Path) -> None:
        await self._driver.run(backups.download(self._graph_id, backup_id, target))

    async def thin_out(
        self, *, hourly: int = 24, daily: int = 7, weekly: int = 5, monthly: int = 12, dry_run: bool = False
    ) -> backups.Thinned:
        keep = {"hourly": hourly, "daily": daily, "weekly": weekly, "monthly": monthly}
        return await self._driver.run(backups.thin_out(self._graph_id, keep, dry_run))

    async def delete(self, backup_id: str) -> None:
        await self._driver.run(backups.remove(self._graph_id, backup_id))


class AsyncSchema:
    """See `Schema`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def get(self) -> JsonObject:
        return await self._driver.run(calls.schema(self._graph_id))

    async def export(self) -> JsonObject:
        return await self._driver.run(calls.schema_export(self._graph_id))

    async def extend(self, added: JsonObject) -> JsonObject:
        return await self._driver.run(calls.extend_schema(self._graph_id, added))

    async def validate(self, schema: JsonObject, *, extensions: Iterable[str] = ()) -> SchemaVerdict:
        return await self._driver.run(calls.validate_schema(self._graph_id, schema, tuple(extensions)))

    async def infer(self, *file_ids: str) -> InferredSchema:
        return await self._driver.run(calls.infer_schema(self._graph_id, file_ids))


class AsyncFiles:
    """See `Files`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def list(self) -> tuple[FileRecord, ...]:
        return await self._driver.run(calls.files(self._graph_id))

    async def get(self, file_id: str) -> FileRecord:
        return await self._driver.run(calls.file(self._graph_id, file_id))

    async def delete(self, file_id: str) -> None:
        await self._driver.run(calls.delete_file(self._graph_id, file_id))

    async def upload(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        table: str | None = None,
        stage: bool = True,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Upload:
        source = source_of(content, name)
        flow = upload(self._graph_id, source, table=table, stage=stage, on_error=on_error, on_progress=on_progress)
        return await self._driver.run(flow)

    async def stage(
        self, file_id: str, *, table: str | None = None, on_error: str = "continue"
    ) -> AsyncOperation[Staged]:
        record = await self._driver.run(calls.stage_file(self._graph_id, file_id, table, on_error))
        return self.staging(record)

    def staging(self, record: OperationRecord) -> AsyncOperation[Staged]:
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(Staged, found), record.operation_type
        )


class AsyncTables:
    """See `Tables`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def __getitem__(self, name: str) -> "AsyncTable":
        return AsyncTable(self._driver, self._graph_id, name)

    async def list(self) -> tuple[TableRecord, ...]:
        return await self._driver.run(calls.tables(self._graph_id))


class AsyncTable:
    """See `Table`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str, name: str) -> None:
        self._driver, self._graph_id = driver, graph_id
        self.name = name

    async def record(self) -> TableRecord:
        return await self._driver.run(calls.table(self._graph_id, self.name))

    async def load(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> AsyncOperation[Staged]:
        files = AsyncFiles(self._driver, self._graph_id)
        done = await files.upload(content, name=name, table=self.name, on_error=on_error, on_progress=on_progress)
        if done.operation is not None:
            return files.staging(done.operation)
        return await files.stage(done.file.file_id, table=self.name, on_error=on_error)

    async def rejects(self, *, file_id: str | None = None, limit: int = 100, offset: int = 0) -> RejectPage:
        return await self._driver.run(calls.rejects(self._graph_id, self.name, file_id, limit, offset))


class AsyncQueryResult:
    """See `QueryResult`."""

    def __init__(self, driver: "AsyncDriver", asked: queries.Question) -> None:
        self._driver, self._asked = driver, asked
        self._answer: QueryAnswer | None = None

    async def answer(self) -> QueryAnswer:
        if self._answer is None:
            self._answer = await self._driver.run(queries.whole_answer(self._asked))
        return self._answer

    async def columns(self) -> tuple[str, ...]:
        return (await self.answer()).columns

    async def rows(self) -> tuple[JsonObject, ...]:
        return queries.all_rows(await self.answer())

    def __aiter__(self) -> AsyncIterator[JsonObject]:
        return self._driver.iterate(queries.rows(self._asked))

    async def to_arrow(self) -> "pa.Table":
        return await self._driver.run(queries.arrow_table(self._asked))

    async def to_pandas(self) -> "queries.DataFrame":
        return await self._driver.run(queries.data_frame(self._asked))

    async def to_csv(self, path: str | Path) -> None:
        await self._driver.run(queries.save(self._asked, queries.CSV, path))

    async def to_parquet(self, path: str | Path) -> None:
        await self._driver.run(queries.save(self._asked, queries.PARQUET, path))

    async def write(self, media_type: str, target: str | Path | BinaryIO) -> None:
        await self._driver.run(queries.save(self._asked, media_type, target))
