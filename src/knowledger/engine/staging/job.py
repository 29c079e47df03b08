"""One staging: an uploaded file becomes typed Parquet, with the rows that do not fit beside it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from knowledger.domain.graphs.engine import RowsRejected
from knowledger.domain.graphs.table_shape import table_shape
from knowledger.domain.operations.progress import Progress
from knowledger.engine.staging.delimited import stage_delimited
from knowledger.engine.staging.engine import connect, for_one_pass, plain_errors
from knowledger.engine.staging.formats import DataFile, DataFormat, open_upload
from knowledger.engine.staging.json_rows import stage_json
from knowledger.engine.staging.outcome import (
    CountsDoNotAddUp,
    Outcome,
    Staging,
    flush,
    rows_in,
    without_rejects,
)
from knowledger.engine.staging.pace import Pace
from knowledger.engine.staging.parquet import stage_parquet
from knowledger.engine.staging.request import StagingJob
from knowledger.kernel.json import JsonObject, JsonValue

_SHOWN_REJECTS = 10


def stage_file(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """Stage one file. The request is a StagingJob as JSON, the answer a StagedRows with `ignored_columns`.

    Raises UnreadableFile, StagingSchemaMismatch, RowsRejected, ExpandsTooFar, StagingOutOfMemory, DiskFull.
    """
    job = StagingJob.parse(request)
    with plain_errors(job.upload.file_name):
        pace = Pace(report)
        file = open_upload(job.upload, pace)
        outcome = _stage(job, file, pace)
        return _conclude(job, outcome, report)


def _stage(job: StagingJob, file: DataFile, pace: Pace) -> Outcome:
    shape = table_shape(job.schema, job.table)
    directories = [job.rows_path.parent, job.rejects_path.parent]
    connection = connect(for_one_pass(job.upload.limits), job.upload.scratch, directories, [file.path])
    without_rejects(job.rejects_path)
    staging = Staging(connection, shape, pace, job.upload.scratch, job.rows_path, job.rejects_path)
    try:
        match file.format:
            case DataFormat.PARQUET:
                return stage_parquet(staging, file)
            case DataFormat.JSON | DataFormat.NDJSON:
                return stage_json(staging, file)
            case _:
                return stage_delimited(staging, file)
    finally:
        connection.close()


def _conclude(job: StagingJob, outcome: Outcome, report: Callable[[Progress], None]) -> JsonObject:
    accepted, rejected = rows_in(job.rows_path), rows_in(job.rejects_path)
    if accepted + rejected != outcome.rows_read:
        raise CountsDoNotAddUp(read=outcome.rows_read, accepted=accepted, rejected=rejected)
    if rejected and job.on_error == "fail":
        raise _rows_rejected(job, outcome.rows_read, rejected)
    flush(job.rows_path)
    flush(job.rejects_path)
    report(Progress(f"Read {job.upload.file_name}", step="read", percent=100.0, rows_done=outcome.rows_read))
    by_rule: dict[str, JsonValue] = dict(_rejects_by_rule(job.rejects_path))
    return {
        "rows_read": outcome.rows_read,
        "rows_accepted": accepted,
        "rows_rejected": rejected,
        "size_bytes": job.rows_path.stat().st_size,
        "rejects_by_rule": by_rule,
        "first_rejects": list[JsonValue](_first_rejects(job.rejects_path)),
        "ignored_columns": list(outcome.ignored_columns),
    }


def _rows_rejected(job: StagingJob, read: int, rejected: int) -> RowsRejected:
    first = _first_rejects(job.rejects_path)
    job.rows_path.unlink()
    place = f"line {first[0]['line']}" if first[0]["line"] is not None else f"row {first[0]['row']}"
    return RowsRejected(
        f"{rejected:,} of {read:,} rows of {job.upload.file_name} do not fit table {job.table}; "
        f"the first, {place}: {first[0]['reason']}.",
        hint="Mend the file, or load it with on_error=continue to take the rows that fit.",
        rows_read=read,
        rows_rejected=rejected,
        rejects=list[JsonValue](first),
        rejects_by_rule=_rejects_by_rule(job.rejects_path),
    )


def _first_rejects(path: Path) -> list[JsonObject]:
    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(_SHOWN_REJECTS), None)
    return [] if first is None else first.to_pylist()


def _rejects_by_rule(path: Path) -> dict[str, int]:
    counts: Counter[str | None] = Counter()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["rule"]):
            counts.update(batch.column(0).to_pylist())
    return {str(rule): count for rule, count in counts.most_common()}
