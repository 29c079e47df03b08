"""Counts a graph's rows and takes a digest of them that does not depend on their order."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from knowledger.domain.graphs.engine import GraphUnreadable
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.operations.progress import Progress
from knowledger.engine.contents.columns import Column, TypeContents, for_comparison
from knowledger.engine.contents.pages import PAGE, ContentsJob, Pages, pages_of
from knowledger.kernel.json import JsonObject

_MODULUS = 1 << 64
_OUT_OF_MEMORY = ("Buffer manager exception", "bad_alloc")


def digest_generation(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """The sandbox's job. Gives `counts` and, unless `counts_only`, `digests` by type. Raises GraphUnreadable.

    The digest of a type is the sum of its rows' MD5 (RFC 1321), the high and the low 64 bits each modulo 2^64, as 32
    hexadecimal digits. A row is hashed as one netstring a value: `length:text;`, or `:;` for null; text is what DuckDB
    casts the value to, of a list the JSON. A relationship's row begins with the keys of its ends.
    """
    job = ContentsJob.parse(request)
    with contextlib.chdir(job.scratch), _named_if_unreadable(), pages_of(job) as pages:
        every = list(for_comparison(job.schema))
        counts = {contents.name: pages.count(contents) for contents in every}
        digests: JsonObject = {}
        course = _Course(report, sum(counts.values()))
        for contents in () if request["counts_only"] else every:
            digests[contents.name] = _digest(contents, counts[contents.name], pages, course)
        for node in job.schema.nodes:
            pages.probe(job.schema, node.name)
    return {"counts": dict(counts), "digests": digests}


class _Course:
    def __init__(self, report: Callable[[Progress], None], rows: int) -> None:
        self._report, self._rows, self._done = report, rows, 0

    def read(self, name: str, rows: int) -> None:
        self._done += rows
        percent = 100 * self._done / self._rows if self._rows else 100
        self._report(
            Progress(
                f"Reading {name}",
                step="digest",
                percent=min(percent, 100.0),
                rows_done=self._done,
                rows_total=self._rows,
            )
        )


def _digest(contents: TypeContents, rows: int, pages: Pages, course: _Course) -> str:
    high = low = found = 0
    for count in pages.each(contents, rows):
        [(upper, lower)] = pages.duck.execute(_statement(contents.columns)).fetchall()
        high, low, found = (high + upper) % _MODULUS, (low + lower) % _MODULUS, found + count
        course.read(contents.name, count)
    if found != rows:
        raise GraphUnreadable(f"{contents.name}: {found:,} rows were read where {rows:,} were counted.")
    return f"{high:016x}{low:016x}"


def _statement(columns: Sequence[Column]) -> str:
    texts = ", ".join(f"{_text(column, f'c{index}')} AS x{index}" for index, column in enumerate(columns))
    net = ", ".join(f"strlen(x{index}), ':', x{index}, ';'" for index in range(len(columns)))
    hashed = f"SELECT md5_number(concat({net})) AS h FROM (SELECT {texts} FROM {PAGE})"
    upper, lower = "(h >> 64)::UBIGINT", f"(h & {_MODULUS - 1}::UHUGEINT)::UBIGINT"
    return f"SELECT coalesce(sum({upper}), 0), coalesce(sum({lower}), 0) FROM ({hashed})"


def _text(column: Column, name: str) -> str:
    in_json = column.type.is_list and column.type.scalar is not Scalar.DECIMAL  # a list of those is one text already
    return f"CAST(to_json({name}) AS VARCHAR)" if in_json else f"CAST({name} AS VARCHAR)"


@contextlib.contextmanager
def _named_if_unreadable() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if any(sign in str(error) for sign in _OUT_OF_MEMORY):
            raise
        raise GraphUnreadable from error
