"""Where each file stands: uploaded, staged, in the graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import any_, select
from sqlalchemy.orm import Session

from knowledger.kernel.json import JsonObject
from knowledger.models.graphs import File, Generation, Graph, Staging
from knowledger.models.operations import Operation


@dataclass(frozen=True)
class UploadedLayer:
    status: Literal["uploading", "complete"]
    size_bytes: int
    at: datetime | None


@dataclass(frozen=True)
class StagedLayer:
    """`none` = nobody asked for it. What was staged before stays in force until a newer staging is ready."""

    status: Literal["none", "pending", "running", "ready", "failed"]
    rows_read: int | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None
    rejects_by_rule: dict[str, int] | None = None
    at: datetime | None = None
    operation_id: str | None = None
    error: JsonObject | None = None


@dataclass(frozen=True)
class GraphLayer:
    """`pending` = staged, and waiting for a materialization."""

    status: Literal["none", "pending", "current"]
    rows: int | None = None
    at: datetime | None = None
    generation_id: str | None = None


@dataclass(frozen=True)
class FileLayers:
    file: File
    uploaded: UploadedLayer
    staged: StagedLayer
    graph: GraphLayer


_IN_PROGRESS: dict[str, Literal["pending", "running", "failed"]] = {
    "pending": "pending",
    "running": "running",
    "failed": "failed",
    "cancelled": "failed",
}


def files_with_layers(session: Session, graph: Graph, file_id: str | None = None) -> Sequence[FileLayers]:
    """The graph's files, or one of them, newest first."""
    query = (
        select(File, Staging, Operation, Staging.id == any_(Generation.staging_ids), Generation.created_at)
        .outerjoin(Staging, File.staging_id == Staging.id)
        .outerjoin(Operation, File.staging_operation_id == Operation.id)
        .outerjoin(Generation, Generation.id == graph.generation_id)
        .where(File.graph_id == graph.id, File.deleted_at.is_(None))
        .order_by(File.position.desc())
    )
    if file_id is not None:
        query = query.where(File.id == file_id)
    return [
        FileLayers(
            file,
            _uploaded(file),
            _staged(staging, operation),
            _in_graph(staging, graph.generation_id if current else None, built_at),
        )
        for file, staging, operation, current, built_at in session.execute(query)
    ]


def _uploaded(file: File) -> UploadedLayer:
    return UploadedLayer("complete" if file.completed_at else "uploading", file.size_bytes, file.completed_at)


def _staged(staging: Staging | None, operation: Operation | None) -> StagedLayer:
    status = _IN_PROGRESS.get(operation.status) if operation else None
    operation_id, error = (operation.id, operation.error) if operation else (None, None)
    if staging is None:
        return StagedLayer(status or "none", operation_id=operation_id, error=error)
    return StagedLayer(
        status or "ready",
        rows_read=staging.rows_read,
        rows_accepted=staging.rows_accepted,
        rows_rejected=staging.rows_rejected,
        rejects_by_rule=staging.rejects_by_rule,
        at=staging.created_at,
        operation_id=operation_id,
        error=error,
    )


def _in_graph(staging: Staging | None, generation_id: str | None, built_at: datetime) -> GraphLayer:
    if staging is None:
        return GraphLayer("none")
    if generation_id is None:
        return GraphLayer("pending")
    return GraphLayer("current", rows=staging.rows_accepted, at=built_at, generation_id=generation_id)
