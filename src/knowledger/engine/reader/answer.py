"""A result, written in the format that was asked for, within its limits, the first rows before the last."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.graphs.reading import AnswerFormat, QueryError
from knowledger.engine.reader.columns import public_batch
from knowledger.engine.reader.output import Ending, Output
from knowledger.engine.reader.text import TextForm, text_form
from knowledger.kernel.json import JsonObject

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FIRST_ROWS = 1000
_ROWS_A_CHUNK = 4096
_ROWS_A_GROUP = 1 << 18
_END_OF_ARROW_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class Result(Protocol):
    """What an engine holds ready. First `first_rows`, then `batches` has what is left; both once."""

    @property
    def names(self) -> list[str]: ...

    @property
    def types(self) -> list[str]: ...

    @property
    def kept(self) -> list[int]:
        """The positions of the columns that are shown."""

    @property
    def exhausted(self) -> bool:
        """Whether it is known that no rows are left."""

    def first_rows(self, limit: int) -> list[list[object]]: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class Wanted:
    """The format, the limits, and the members that a JSON answer carries besides. `began` as `perf_counter` has it."""

    format: AnswerFormat
    max_rows: int
    max_bytes: int
    labels: JsonObject
    began: float

    def ending(self, row_count: int, truncated: bool) -> Ending:
        return Ending(row_count, truncated, round((time.perf_counter() - self.began) * 1000, 3))


def write_answer(result: Result, wanted: Wanted, output: Output) -> None:
    names = distinct_names([result.names[index] for index in result.kept])
    types = [result.types[index] for index in result.kept]
    output.head(tuple(names), tuple(types))
    match wanted.format:
        case AnswerFormat.ARROW:
            ending = _write_arrow(_public(result, names, wanted), wanted, output)
        case AnswerFormat.PARQUET:
            ending = _write_parquet(_public(result, names, wanted), wanted, output)
        case _:
            form = text_form(wanted.format, tuple(names), tuple(types))
            ending = _write_text(_chunks(result, names), form, wanted, output)
    output.end(ending)


def distinct_names(names: list[str]) -> list[str]:
    """`a, a` becomes `a, a_2`: an object cannot hold one name twice."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken or (number > 1 and candidate in names):
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        distinct.append(candidate)
    return distinct


def _chunks(result: Result, names: list[str]) -> Iterator[Sequence[Sequence[object]]]:
    """The result in slices of rows, each as columns of Python values."""
    first = result.first_rows(FIRST_ROWS)
    if first:
        columns = list(zip(*first, strict=True))
        yield [columns[index] for index in result.kept]
    if result.exhausted:
        return
    for batch in result.batches():
        for start in range(0, batch.num_rows, _ROWS_A_CHUNK):
            public = public_batch(batch.slice(start, _ROWS_A_CHUNK), names, result.kept)
            yield [column.to_pylist(maps_as_pydicts="lossy") for column in public.columns]


def _write_text(chunks: Iterator[Sequence[Sequence[object]]], form: TextForm, wanted: Wanted, output: Output) -> Ending:
    count, truncated = 0, False
    output.body(form.prefix.encode())
    for columns in chunks:
        rows = form.rows(columns)
        fitting = _fitting(rows, wanted, count, output.body_bytes)
        text = form.separator.join(rows[:fitting])
        output.body(((form.separator if count and fitting else "") + text).encode())
        count += fitting
        if truncated := fitting < len(rows):
            break
    ending = wanted.ending(count, truncated)
    output.body(form.suffix(ending, wanted.labels).encode())
    return ending


def _fitting(rows: list[str], wanted: Wanted, count: int, written: int) -> int:
    """How many of these rows the limits leave room for."""
    fitting = min(len(rows), wanted.max_rows - count)
    longest = sum(map(len, rows[:fitting])) * 4  # UTF-8 takes at most four bytes a character
    if written + longest <= wanted.max_bytes:
        return fitting
    for index in range(fitting):
        written += len(rows[index].encode()) + 1
        if written > wanted.max_bytes:
            return index
    return fitting


@dataclass
class _Cut:
    """Batches cut to a number of rows; `truncated` once something was left out."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    row_limit: int
    rows: int = 0
    truncated: bool = False

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self.batches:
            kept = batch.slice(0, self.row_limit - self.rows)
            self.truncated = kept.num_rows < batch.num_rows
            self.rows += kept.num_rows
            if kept.num_rows or not batch.num_rows:
                yield kept
            if self.truncated:
                return


def _public(result: Result, names: list[str], wanted: Wanted) -> _Cut:
    public = (public_batch(batch, names, result.kept) for batch in result.batches())
    first = next(public)
    return _Cut(first.schema, _with_first(first, public), wanted.max_rows)


def _with_first(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _write_arrow(cut: _Cut, wanted: Wanted, output: Output) -> Ending:
    output.body(memoryview(cut.schema.serialize()))
    sent = 0
    for batch in cut:
        message = batch.serialize()
        if output.body_bytes + message.size > wanted.max_bytes:
            cut.truncated = True
            break
        output.body(memoryview(message))
        sent += batch.num_rows
    output.body(_END_OF_ARROW_STREAM)
    return wanted.ending(sent, cut.truncated)


class _Sink(io.RawIOBase):
    """The file that a Parquet writer thinks it writes."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        view = memoryview(data).cast("B")
        self._output.body(view)
        return len(view)


def _write_parquet(cut: _Cut, wanted: Wanted, output: Output) -> Ending:
    sent = 0
    try:
        sink = pa.PythonFile(_Sink(output), mode="w")
        with pq.ParquetWriter(sink, cut.schema, compression="zstd") as writer:
            for group in _groups(cut):
                if output.body_bytes + group.nbytes > wanted.max_bytes:
                    cut.truncated = True
                    break
                writer.write_table(group)
                sent += group.num_rows
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        hint = "CAST the column to STRING, or ask for another format."
        raise QueryError("A column has a type that Parquet cannot hold.", hint=hint) from error
    return wanted.ending(sent, cut.truncated)


def _groups(cut: _Cut) -> Iterator[pa.Table]:
    """Row groups of a good size, out of batches of any size."""
    gathered: list[pa.RecordBatch] = []
    for batch in cut:
        gathered.append(batch)
        if sum(item.num_rows for item in gathered) >= _ROWS_A_GROUP:
            yield pa.Table.from_batches(gathered, schema=cut.schema)
            gathered = []
    if gathered:
        yield pa.Table.from_batches(gathered, schema=cut.schema)
