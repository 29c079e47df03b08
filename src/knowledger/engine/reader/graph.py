"""The job that holds one sealed generation open and answers Cypher, one query at a time."""

import gc
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import ladybug
import pyarrow as pa

from knowledger.domain.graphs.reading import AnswerFormat, GenerationMissing, QueryError
from knowledger.engine.guard.cypher import check_cypher
from knowledger.engine.reader.answer import Wanted, write_answer
from knowledger.engine.reader.graph_errors import query_error
from knowledger.engine.reader.output import Output, receive_ask
from knowledger.engine.reader.parameters import check_parameters, with_wide_integers
from knowledger.engine.reader.values import KEY_PROPERTY
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

_SMALLEST_DATABASE = 1 << 30
_BATCH_VALUES = 1 << 19


@dataclass(frozen=True)
class GraphQuestion:
    """One query, as the host puts it to a reader."""

    statement: str
    parameters: JsonObject
    format: AnswerFormat
    timeout_ms: int
    max_rows: int
    max_bytes: int
    labels: JsonObject

    @classmethod
    def from_json(cls, body: JsonObject) -> "GraphQuestion":
        return cls(
            statement=str(body["statement"]),
            parameters=cast(JsonObject, body["parameters"]),
            format=AnswerFormat(str(body["format"])),
            timeout_ms=int(str(body["timeout_ms"])),
            max_rows=int(str(body["max_rows"])),
            max_bytes=int(str(body["max_bytes"])),
            labels=cast(JsonObject, body["labels"]),
        )


def serve(request: JsonObject, connection: socket.socket) -> None:
    """Answers until the other side closes. The request has `path`, `buffer_pool_bytes` and `threads`."""
    path = Path(str(request["path"]))
    try:
        graph = _open(path, int(str(request["buffer_pool_bytes"])), int(str(request["threads"])))
    except RuntimeError:
        receive_ask(connection)
        Output(connection).error(GenerationMissing("The graph's file cannot be opened."))
        return
    gc.freeze()  # what the zygote had loaded is never garbage, and looking through it again and again takes long
    while (body := receive_ask(connection)) is not None:
        answer(graph, path, GraphQuestion.from_json(body), Output(connection))


def answer(graph: ladybug.Connection, path: Path, question: GraphQuestion, output: Output) -> None:
    """Write the answer, or the error that there is instead of it (or of its end)."""
    began = time.perf_counter()
    try:
        result = _execute(graph, question)
        wanted = Wanted(question.format, question.max_rows, question.max_bytes, question.labels, began)
        write_answer(result, wanted, output)
        result.close()
    except KnowledgerError as error:
        output.error(error)
    except (RuntimeError, MemoryError, ValueError, pa.ArrowException) as error:
        output.error(query_error(error, path))


def _open(path: Path, buffer_pool_bytes: int, threads: int) -> ladybug.Connection:
    database = ladybug.Database(
        path,
        read_only=True,
        buffer_pool_size=buffer_pool_bytes,
        max_num_threads=threads,
        max_db_size=_address_space(path),
    )
    return ladybug.Connection(database, num_threads=threads)


def _address_space(path: Path) -> int:
    """LadybugDB reserves addresses for the largest file that a database may become; a sealed one does not grow."""
    size = path.stat().st_size if path.exists() else 0
    return max(_SMALLEST_DATABASE, 1 << (2 * size).bit_length())


def _execute(graph: ladybug.Connection, question: GraphQuestion) -> "GraphResult":
    statement = check_cypher(question.statement)
    check_parameters(statement, question.parameters)
    graph.set_query_timeout(question.timeout_ms)
    widened = with_wide_integers(statement, question.parameters)
    given = {name: question.parameters[name] for name in statement.parameters}
    try:
        result = graph.execute(widened, given)
    except RuntimeError as error:
        if widened is statement.text or not str(error).startswith("Parser exception"):
            raise
        result = graph.execute(statement.text, given)  # fails alike, with the place in the text that the user wrote
    if isinstance(result, list):
        raise QueryError("One statement at a time, please.")
    return GraphResult(result, KEY_PROPERTY in question.statement)


_COUNTED = re.compile(r"COUNT\((DISTINCT )?(\w+)\._ID\)")


def as_written(name: str) -> str:
    """What is counted goes by the name that the statement has for it, not by the engine's: count(n)."""
    return "count(*)" if name == "COUNT_STAR()" else _COUNTED.sub(r"count(\1\2)", name)


class GraphResult:
    """A finished query, whose rows are read in part one by one and in part as Arrow.

    An Arrow export costs more than all of a small result, so small ones are read as rows. Arrow goes on where the rows
    left off.
    """

    def __init__(self, result: ladybug.QueryResult, key_asked_for: bool) -> None:
        self._result = result
        self._left = result.get_num_tuples()
        self.names = [as_written(name) for name in result.get_column_names()]
        self.types = result.get_column_data_types()
        self.kept = [
            index for index, name in enumerate(self.names) if key_asked_for or not name.endswith("." + KEY_PROPERTY)
        ]

    @property
    def exhausted(self) -> bool:
        return self._left == 0

    def first_rows(self, limit: int) -> list[list[object]]:
        rows = [cast("list[object]", self._result.get_next()) for _ in range(min(limit, self._left))]
        self._left -= len(rows)
        return rows

    def batches(self) -> Iterator[pa.RecordBatch]:
        rows = max(1024, _BATCH_VALUES // max(1, len(self.names)))
        table = self._result.get_as_arrow(rows)
        if table.num_rows != self._left:
            raise QueryError("The engine lost rows of this answer.")
        batches = table.to_batches()
        yield from batches or [_empty_batch(table.schema)]

    def close(self) -> None:
        self._result.close()


def _empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array([], type=field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
