"""Writes all of a graph to files, one a type, that other programs read and that can be loaded again."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

from knowledger.domain.graphs.engine import ExportFormat
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.operations.progress import Progress
from knowledger.engine.contents.columns import Column, TypeContents, for_files
from knowledger.engine.contents.pages import PAGE, ContentsJob, Pages, pages_of
from knowledger.kernel.json import JsonObject

_SUFFIXES: dict[ExportFormat, str] = {"parquet": "parquet", "csv": "csv", "json": "jsonl"}
_OPTIONS: dict[ExportFormat, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER false",
    "json": "FORMAT json, ARRAY false",
}


def export_generation(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """The sandbox's job. Writes the files to `directory`; gives their names and the `counts` by type.

    Decimals in JSON are texts with their full scale, timestamps are ISO 8601 in UTC, lists in CSV are JSON.
    """
    job = ContentsJob.parse(request)
    export = _Export(Path(str(request["directory"])), _format(str(request["format"])))
    counts: dict[str, int] = {}
    with contextlib.chdir(job.scratch), pages_of(job) as pages:
        every = list(for_files(job.schema))
        for number, contents in enumerate(every):
            percent = 100 * number / len(every)
            report(
                Progress(
                    f"Writing {contents.name}",
                    step="export",
                    percent=percent,
                    current_step=number + 1,
                    total_steps=len(every),
                )
            )
            counts[contents.name] = export.write(contents, pages)
    return {"files": [*export.files], "counts": dict(counts)}


class _Export:
    def __init__(self, directory: Path, format_: ExportFormat) -> None:
        self.files: list[str] = []
        self._directory, self._format = directory, format_

    def write(self, contents: TypeContents, pages: Pages) -> int:
        """Every page becomes a part; the parts become one file."""
        rows, parts = 0, []
        for number, count in enumerate(pages.each(contents, pages.count(contents))):
            part = f"part-{number:06}"
            pages.duck.execute(f"COPY ({self._select(contents)}) TO '{part}' ({_OPTIONS[self._format]})")
            parts.append(part)
            rows += count
        target = self._directory / f"{contents.name}.{_SUFFIXES[self._format]}"
        self._join(contents, parts, target, pages)
        self.files.append(target.name)
        return rows

    def _select(self, contents: TypeContents) -> str:
        columns = (f"{self._value(item, f'c{index}')} AS {_name(item)}" for index, item in enumerate(contents.columns))
        return f"SELECT {', '.join(columns)} FROM {PAGE}"

    def _value(self, column: Column, name: str) -> str:
        is_decimal = column.type.scalar is Scalar.DECIMAL
        if self._format == "parquet":
            return f"CAST({name} AS {_sql_type(column)})" if is_decimal else name
        if column.type.is_list:
            return f"to_json(CAST({name} AS VARCHAR[]))" if is_decimal else f"to_json({name})"
        match column.type.scalar:
            case Scalar.TIMESTAMP:
                return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
            case Scalar.DOUBLE if self._format == "json":
                return f"CASE WHEN isfinite({name}) THEN {name} END"
        return name

    def _join(self, contents: TypeContents, parts: list[str], target: Path, pages: Pages) -> None:
        if self._format == "parquet":
            listed = ", ".join(f"'{part}'" for part in parts)
            pages.duck.execute(f"COPY (SELECT * FROM read_parquet([{listed}])) TO 'whole' ({_OPTIONS['parquet']})")
            Path("whole").rename(target)
        else:
            with target.open("xb") as whole:
                if self._format == "csv":
                    whole.write((",".join(_name(column) for column in contents.columns) + "\n").encode())
                for part in parts:
                    with Path(part).open("rb") as source:
                        shutil.copyfileobj(source, whole, 1 << 20)
        for part in parts:
            Path(part).unlink()


def _name(column: Column) -> str:
    """Quoted as both SQL and CSV (RFC 4180) do it."""
    return '"' + column.name.replace('"', '""') + '"'


def _sql_type(column: Column) -> str:
    kind = column.type
    return f"DECIMAL({kind.precision}, {kind.scale}){'[]' if kind.is_list else ''}"


def _format(name: str) -> ExportFormat:
    for known in _SUFFIXES:
        if known == name:
            return known
    raise ValueError(name)
