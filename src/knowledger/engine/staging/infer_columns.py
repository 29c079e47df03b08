"""The columns of a file of any format, as expressions over one relation that can be read again and again."""

import json
from collections import Counter
from dataclasses import dataclass

import duckdb

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.delimited_sql import read_as_text
from knowledger.engine.staging.dialect import Dialect, read_dialect
from knowledger.engine.staging.formats import DataFile, DataFormat
from knowledger.engine.staging.json_rows import open_values, sample_keys
from knowledger.engine.staging.json_text import JsonText
from knowledger.engine.staging.pace import Pace
from knowledger.engine.staging.parquet import parquet_types
from knowledger.engine.staging.request import Upload
from knowledger.engine.staging.sieve import Sieve
from knowledger.engine.staging.sql import identifier, path_literal

_MOST_HEADER_CHARS = 256
_SHOWN_CHARS = 50


@dataclass(frozen=True)
class FileColumn:
    """One column: its header, and an SQL expression of a DuckDB type."""

    header: str
    source: str
    type: str = "VARCHAR"


@dataclass(frozen=True)
class FileColumns:
    """`left_out` are the headers of those that cannot be a property: named twice, nested, or too long a name."""

    relation: str
    columns: list[FileColumn]
    left_out: tuple[str, ...] = ()


def file_columns(connection: duckdb.DuckDBPyConnection, upload: Upload, file: DataFile, pace: Pace) -> FileColumns:
    """All columns that can be given a name. Raises UnreadableFile when there is none."""
    match file.format:
        case DataFormat.PARQUET:
            found = _of_parquet(connection, file)
        case DataFormat.JSON | DataFormat.NDJSON:
            found = _of_json(upload, file, pace)
        case _:
            found = _of_text(file, read_dialect(file))
    times = Counter(column.header.lower() for column in found.columns)
    named = [column for column in found.columns if _can_be_named(column.header) and times[column.header.lower()] == 1]
    if not named:
        raise UnreadableFile(f"{file.name} has no columns with a name.")
    unnamed = [column.header[:_SHOWN_CHARS] for column in found.columns if column not in named and column.header]
    return FileColumns(found.relation, named, (*found.left_out, *unnamed))


def _can_be_named(header: str) -> bool:
    return 0 < len(header) <= _MOST_HEADER_CHARS and "\0" not in header


def _of_text(file: DataFile, dialect: Dialect) -> FileColumns:
    columns = [FileColumn(header, f"c{place}") for place, header in enumerate(dialect.headers)]
    return FileColumns(read_as_text(file, dialect, ignore_errors=True), columns)


def _of_parquet(connection: duckdb.DuckDBPyConnection, file: DataFile) -> FileColumns:
    types = parquet_types(connection, file)
    flat = {name: kind for name, kind in types.items() if not kind.startswith(("STRUCT", "MAP", "UNION"))}
    columns = [FileColumn(name, identifier(name), kind) for name, kind in flat.items()]
    nested = tuple(name[:_SHOWN_CHARS] for name in types if name not in flat)
    return FileColumns(f"read_parquet({path_literal(file.path)})", columns, nested)


def _of_json(upload: Upload, file: DataFile, pace: Pace) -> FileColumns:
    """JSON is written out as cells once, so that numbers keep their digits however often they are looked at."""
    keys = sample_keys(file)
    with Sieve(upload.scratch, ",", len(keys)) as sieve, open_values(file) as (values, position):
        for row, value in enumerate(values, start=1):
            if isinstance(value.value, dict):
                sieve.add_cells(row, value.line, [_text(value.value.get(key)) for key in keys])
            pace.done(0.4 * position() / file.size_bytes, row)
    columns = [FileColumn(key, f"c{place}") for place, key in enumerate(keys)]
    return FileColumns(sieve.result().relation, columns)


def _text(value: JsonText) -> bytes:
    match value:
        case None:
            return b""
        case str():
            return value.encode("utf-8", "replace")
        case bool():
            return b"true" if value else b"false"
        case _:
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
