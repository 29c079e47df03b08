"""One flow for each thing the API can be asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from knowledger.client.effects import BRIEFLY_S, PATIENTLY_S, Flow, call, fetch, fetch_all, last_of
from knowledger.client.errors import OperationCancelled, OperationFailed, StreamLost
from knowledger.client.following import Patience, follow
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    ApiKeyRecord,
    FileRecord,
    GraphHealth,
    GraphRecord,
    InferredSchema,
    IssuedKey,
    Limit,
    MaterializePlan,
    MaterializeStatus,
    OperationPage,
    OperationProblem,
    OperationRecord,
    RejectPage,
    SchemaVerdict,
    TableRecord,
)
from knowledger.client.wire import Request, delete, get, path, post, with_json

R = TypeVar("R")


def _gone(request: Request) -> Flow[None]:
    yield from call(request)


def _object(request: Request, key: str | None = None) -> Flow[JsonObject]:
    answer = yield from call(request)
    whole = answer.object()
    part = whole.get(key) if key else whole
    return part if isinstance(part, dict) else {}


def create_graph(
    name: str,
    schema: JsonObject | None,
    extensions: tuple[str, ...],
    entity: JsonObject | None,
    description: str | None,
    tags: tuple[str, ...],
) -> Flow[OperationRecord]:
    body: JsonObject = {"name": name}
    if schema is not None:
        body["schema"] = schema
    if extensions:
        body["extensions"] = list(extensions)
    if entity is not None:
        body["entity"] = entity
    if description:
        body["description"] = description
    if tags:
        body["tags"] = list(tags)
    return fetch(OperationRecord, post("/graphs", body))


def graphs() -> Flow[tuple[GraphRecord, ...]]:
    return fetch_all(GraphRecord, get("/graphs"), "graphs")


def graph(graph_id: str) -> Flow[GraphRecord]:
    return fetch(GraphRecord, get(path("/graphs/{}", graph_id)))


def update_graph(graph_id: str, changes: JsonObject) -> Flow[GraphRecord]:
    return fetch(GraphRecord, with_json(Request("PATCH", path("/graphs/{}", graph_id)), changes))


def delete_graph(graph_id: str) -> Flow[None]:
    return _gone(delete(path("/graphs/{}", graph_id)))


def graph_info(graph_id: str) -> Flow[JsonObject]:
    return _object(get(path("/graphs/{}/info", graph_id)))


def graph_limits(graph_id: str) -> Flow[tuple[Limit, ...]]:
    return fetch_all(Limit, get(path("/graphs/{}/limits", graph_id)), "limits")


def graph_usage(graph_id: str) -> Flow[JsonObject]:
    return _object(get(path("/graphs/{}/usage", graph_id)))


def graph_health(graph_id: str) -> Flow[GraphHealth]:
    return fetch(GraphHealth, get(path("/graphs/{}/health", graph_id)))


def materialize(graph_id: str, rebuild: bool, ignore_errors: bool, tables: tuple[str, ...]) -> Flow[OperationRecord]:
    body: JsonObject = {"rebuild": rebuild, "ignore_errors": ignore_errors, "tables": list(tables)}
    return fetch(OperationRecord, post(path("/graphs/{}/materialize", graph_id), body))


def materialize_plan(
    graph_id: str, rebuild: bool, ignore_errors: bool, tables: tuple[str, ...]
) -> Flow[MaterializePlan]:
    body: JsonObject = {"rebuild": rebuild, "ignore_errors": ignore_errors, "tables": list(tables), "dry_run": True}
    return fetch(MaterializePlan, post(path("/graphs/{}/materialize", graph_id), body))


def materialize_status(graph_id: str) -> Flow[MaterializeStatus]:
    return fetch(MaterializeStatus, get(path("/graphs/{}/materialize/status", graph_id)))


def create_subgraph(
    graph_id: str, name: str, fork: bool, tables: tuple[str, ...], description: str | None
) -> Flow[OperationRecord]:
    body: JsonObject = {"name": name, "fork": fork, "tables": list(tables), "description": description or ""}
    return fetch(OperationRecord, post(path("/graphs/{}/subgraphs", graph_id), body))


def subgraphs(graph_id: str) -> Flow[tuple[GraphRecord, ...]]:
    return fetch_all(GraphRecord, get(path("/graphs/{}/subgraphs", graph_id)), "subgraphs")


def subgraph(graph_id: str, name: str) -> Flow[GraphRecord]:
    return fetch(GraphRecord, get(path("/graphs/{}/subgraphs/{}", graph_id, name)))


def delete_subgraph(graph_id: str, name: str) -> Flow[None]:
    return _gone(delete(path("/graphs/{}/subgraphs/{}", graph_id, name)))


def schema(graph_id: str) -> Flow[JsonObject]:
    return _object(get(path("/graphs/{}/schema", graph_id)), "schema")


def schema_export(graph_id: str) -> Flow[JsonObject]:
    return _object(get(path("/graphs/{}/schema/export", graph_id)))


def extend_schema(graph_id: str, added: JsonObject) -> Flow[JsonObject]:
    return _object(post(path("/graphs/{}/schema", graph_id), {"schema": added}), "schema")


def validate_schema(graph_id: str, checked: JsonObject, extensions: tuple[str, ...]) -> Flow[SchemaVerdict]:
    body: JsonObject = {"schema": checked, "extensions": list(extensions)}
    return fetch(SchemaVerdict, post(path("/graphs/{}/schema/validate", graph_id), body))


def infer_schema(graph_id: str, file_ids: tuple[str, ...]) -> Flow[InferredSchema]:
    return fetch(InferredSchema, post(path("/graphs/{}/schema/infer", graph_id), {"file_ids": list(file_ids)}))


def files(graph_id: str) -> Flow[tuple[FileRecord, ...]]:
    return fetch_all(FileRecord, get(path("/graphs/{}/files", graph_id)), "files")


def file(graph_id: str, file_id: str) -> Flow[FileRecord]:
    return fetch(FileRecord, get(path("/graphs/{}/files/{}", graph_id, file_id)))


def delete_file(graph_id: str, file_id: str) -> Flow[None]:
    return _gone(delete(path("/graphs/{}/files/{}", graph_id, file_id)))


def stage_file(
    graph_id: str, file_id: str, table: str | None, on_error: str, types: JsonObject | None
) -> Flow[OperationRecord]:
    body: JsonObject = {
        "on_error": on_error,
        **({"table": table} if table else {}),
        **({"types": types} if types else {}),
    }
    return fetch(OperationRecord, post(path("/graphs/{}/files/{}/stage", graph_id, file_id), body))


def tables(graph_id: str) -> Flow[tuple[TableRecord, ...]]:
    return fetch_all(TableRecord, get(path("/graphs/{}/tables", graph_id)), "tables")


def table(graph_id: str, name: str) -> Flow[TableRecord]:
    return fetch(TableRecord, get(path("/graphs/{}/tables/{}", graph_id, name)))


def rejects(graph_id: str, name: str, file_id: str | None, limit: int, offset: int) -> Flow[RejectPage]:
    where = path("/graphs/{}/tables/{}/rejects", graph_id, name)
    return fetch(RejectPage, get(where, file_id=file_id, limit=limit, offset=offset))


def operations(
    status: str | None, graph_id: str | None, kind: str | None, cursor: str | None, limit: int
) -> Flow[OperationPage]:
    wanted = get("/operations", status=status, graph_id=graph_id, kind=kind, cursor=cursor, limit=limit)
    return fetch(OperationPage, wanted)


def operation(operation_id: str, patience_s: float = BRIEFLY_S) -> Flow[OperationRecord]:
    return fetch(OperationRecord, get(path("/operations/{}", operation_id)), patience_s)


def cancel_operation(operation_id: str) -> Flow[None]:
    return _gone(delete(path("/operations/{}", operation_id)))


def ended(operation_id: str, patience: Patience) -> Flow[OperationRecord]:
    """The record of an operation once it has ended, however it ended."""
    patience_s = min(PATIENTLY_S, patience.total_s or PATIENTLY_S)
    record = yield from operation(operation_id, patience_s)
    if record.ended:
        return record
    yield from last_of(follow(operation_id, patience=patience))
    record = yield from operation(operation_id, patience_s)
    if not record.ended:
        raise StreamLost(f"The events of {operation_id} ended, but the operation has not.")
    return record


def result(operation_id: str, patience: Patience, read: Callable[[JsonObject], R]) -> Flow[R]:
    """What an operation came to. Raises OperationFailed or OperationCancelled where it came to nothing."""
    record = yield from ended(operation_id, patience)
    return read(good_result(record))


def good_result(record: OperationRecord) -> JsonObject:
    if record.status == "completed":
        return record.result or {}
    if record.status == "cancelled":
        raise OperationCancelled(record.operation_id, record.message or "The operation was cancelled.")
    problem = record.error or OperationProblem()
    raise OperationFailed(
        record.operation_id,
        problem.code,
        problem.message,
        hint=problem.hint,
        retryable=problem.retryable,
        details=problem.details,
    )


def sign_in(email: str, password: str) -> Flow[JsonObject]:
    return _object(post("/auth/login", {"email": email, "password": password}))


def user() -> Flow[JsonObject]:
    return _object(get("/user"))


def api_keys() -> Flow[tuple[ApiKeyRecord, ...]]:
    return fetch_all(ApiKeyRecord, get("/user/api-keys"), "api_keys")


def create_api_key(
    name: str, scopes: tuple[str, ...], expires_at: datetime | None, graphs: tuple[str, ...]
) -> Flow[IssuedKey]:
    body: JsonObject = {"name": name}
    if scopes:
        body["scopes"] = list(scopes)
    if expires_at is not None:
        body["expires_at"] = expires_at.astimezone(UTC).isoformat()
    if graphs:
        body["graph_ids"] = list(graphs)
    return fetch(IssuedKey, post("/user/api-keys", body))


def revoke_api_key(api_key_id: str) -> Flow[None]:
    return _gone(delete(path("/user/api-keys/{}", api_key_id)))
