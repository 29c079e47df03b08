"""The job that answers one SELECT over the staged files of a graph, in a DuckDB of its own.

Its working directory holds one link a file, named by the file's id. DuckDB sees those names only, so `_file_id` is the
file's name without its ending, and no path of the machine is in any view or message.
"""

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import duckdb
import pyarrow as pa

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.reading import AnswerFormat, QueryError, QueryTimeout, QueryTooLarge
from knowledger.engine.guard.sql import check_sql
from knowledger.engine.reader.answer import Wanted, write_answer
from knowledger.engine.reader.output import Output
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

_ROWS_A_BATCH = 1 << 16
_COLUMN_TYPES = {
    Scalar.STRING: "VARCHAR",
    Scalar.INT: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.DATE: "DATE",
    Scalar.TIMESTAMP: "TIMESTAMP",
}


@dataclass(frozen=True)
class TablesQuestion:
    """One SELECT, as the host puts it. `files` are names in the working directory."""

    sql: str
    parameters: JsonObject | list[JsonValue]
    tables: list[JsonObject]
    format: AnswerFormat
    timeout_s: float
    max_rows: int
    max_bytes: int
    memory_bytes: int
    threads: int
    labels: JsonObject

    @classmethod
    def from_json(cls, body: JsonObject) -> "TablesQuestion":
        return cls(
            sql=str(body["sql"]),
            parameters=cast("JsonObject | list[JsonValue]", body["parameters"]),
            tables=cast("list[JsonObject]", body["tables"]),
            format=AnswerFormat(str(body["format"])),
            timeout_s=float(str(body["timeout_s"])),
            max_rows=int(str(body["max_rows"])),
            max_bytes=int(str(body["max_bytes"])),
            memory_bytes=int(str(body["memory_bytes"])),
            threads=int(str(body["threads"])),
            labels=cast(JsonObject, body["labels"]),
        )


def serve(request: JsonObject, connection: socket.socket) -> None:
    """Answers the one question that the request is."""
    question, output = TablesQuestion.from_json(request), Output(connection)
    began = time.perf_counter()
    database = duckdb.connect()
    alarm = threading.Timer(question.timeout_s, database.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        _prepare(database, question)
        check_sql(database, question.sql, frozenset(str(table["name"]).lower() for table in question.tables))
        result = TablesResult(_select(database, question))
        wanted = Wanted(question.format, question.max_rows, question.max_bytes, question.labels, began)
        write_answer(result, wanted, output)
    except KnowledgerError as error:
        output.error(error)
    except (duckdb.Error, pa.ArrowException, ValueError, RuntimeError, MemoryError) as error:
        output.error(sql_error(error))
    finally:
        alarm.cancel()
        database.close()


def sql_error(error: BaseException) -> KnowledgerError:
    """What DuckDB says, as an error that a user can act on."""
    text = str(error)
    if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in text:
        return QueryTimeout()
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "bad_alloc" in text:
        return QueryTooLarge()
    if isinstance(error, duckdb.IOException | duckdb.PermissionException | duckdb.InternalException):
        return QueryError("The engine could not read the files of this query.")
    first, _, rest = text.partition("\n")
    line = re.search(r"^LINE (\d+): ", rest, re.MULTILINE)
    message = re.sub(r"^\w[\w ]* Error: ", "", first).strip()[:500]
    return QueryError(f"Line {line[1]}: {message}" if line else message)


def _prepare(database: duckdb.DuckDBPyConnection, question: TablesQuestion) -> None:
    """The views first: after the last setting, nothing else can be opened or set."""
    files = [str(name) for table in question.tables for name in cast("list[JsonValue]", table["files"])]
    settings = {
        "threads": str(question.threads),
        "memory_limit": f"'{question.memory_bytes}B'",
        "temp_directory": "''",
        "TimeZone": "'UTC'",
        "python_enable_replacements": "false",
        "python_scan_all_frames": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allowed_paths": f"[{', '.join(map(_literal, files))}]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    for name, value in settings.items():
        database.execute(f"SET {name} = {value}")
    for table in question.tables:
        database.execute(f"CREATE VIEW {_quoted(str(table['name']))} AS {_rows_of(table)}")


def _rows_of(table: JsonObject) -> str:
    columns = [
        (_quoted(str(column["name"])), _column_type(str(column["type"])))
        for column in cast("list[JsonObject]", table["columns"])
    ]
    files = [str(name) for name in cast("list[JsonValue]", table["files"])]
    if not files:
        empty = [f"NULL::{type_} AS {name}" for name, type_ in columns]
        return f"SELECT {', '.join([*empty, 'NULL::VARCHAR AS _file_id', 'NULL::BIGINT AS _row'])} WHERE false"
    shown = ", ".join(name for name, _ in columns) + ", " if columns else ""
    listed = ", ".join(map(_literal, files))
    return (
        f"SELECT {shown}parse_filename(filename, true) AS _file_id, file_row_number + 1 AS _row "
        f"FROM read_parquet([{listed}], filename = true, file_row_number = true, union_by_name = true)"
    )


def _column_type(spelling: str) -> str:
    type_ = PropertyType.parse(spelling)
    scalar = _COLUMN_TYPES.get(type_.scalar) or f"DECIMAL({type_.precision},{type_.scale})"
    return f"{scalar}[]" if type_.is_list else scalar


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _select(database: duckdb.DuckDBPyConnection, question: TablesQuestion) -> duckdb.DuckDBPyRelation:
    return database.sql(question.sql, params=question.parameters or None)


class TablesResult:
    """A query whose rows DuckDB computes as they are read."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation
        self.names = list(relation.columns)
        self.types = [str(type_) for type_ in relation.types]
        self.kept = list(range(len(self.names)))
        self.exhausted = False

    def first_rows(self, limit: int) -> list[list[object]]:
        return []

    def batches(self) -> Iterator[pa.RecordBatch]:
        reader = self._relation.to_arrow_reader(_ROWS_A_BATCH)
        empty = True
        for batch in reader:
            empty = False
            yield batch
        if empty:
            arrays = [pa.array([], type=field.type) for field in reader.schema]
            yield pa.RecordBatch.from_arrays(arrays, schema=reader.schema)
