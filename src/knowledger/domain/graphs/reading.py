"""Reading a graph and its staged tables: what is asked, what comes back, and what can go wrong."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from knowledger.domain.graphs.property_types import PropertyType
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue


class AnswerFormat(StrEnum):
    """How the rows of an answer are written.

    JSON, NDJSON and CSV write decimals as text with their full scale (JSON: a string), so that none is ever rounded;
    dates and timestamps as ISO 8601, timestamps in UTC with a `Z`; NaN and the infinities as null in JSON, by name in
    CSV. In all formats a node is its properties with `_label` and `_id`, a relationship has `_from` and `_to` besides
    (the `_id`s of its ends), a path is `_nodes` and `_relationships`. An `_id` holds within one generation.
    """

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    ARROW = "arrow"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @classmethod
    def for_media_type(cls, media_type: str) -> "AnswerFormat | None":
        """The format of a media type, its parameters left aside."""
        plain = media_type.partition(";")[0].strip().lower()
        return next((item for item, known in _MEDIA_TYPES.items() if known == plain), None)


_MEDIA_TYPES = {
    AnswerFormat.JSON: "application/json",
    AnswerFormat.NDJSON: "application/x-ndjson",
    AnswerFormat.CSV: "text/csv",
    AnswerFormat.ARROW: "application/vnd.apache.arrow.stream",
    AnswerFormat.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class QueryLimits:
    """What one query may use. Beyond `max_rows` or `max_bytes` the answer is cut and says `truncated`."""

    timeout: timedelta = timedelta(seconds=60)
    max_rows: int = 5_000_000
    max_bytes: int = 4 << 30


@dataclass(frozen=True)
class QueryRequest:
    """One Cypher statement on one sealed generation, the object at `object_key`."""

    graph_id: str
    generation_id: str
    object_key: str
    query: str
    parameters: JsonObject = field(default_factory=dict)
    format: AnswerFormat = AnswerFormat.JSON
    limits: QueryLimits = QueryLimits()


@dataclass(frozen=True)
class SqlFile:
    """One staged file of a table: typed Parquet."""

    file_id: str
    object_key: str


@dataclass(frozen=True)
class SqlColumn:
    name: str
    type: PropertyType


@dataclass(frozen=True)
class SqlTable:
    """A staging table: the rows of its files, each with `_file_id` and `_row`. Without files it has no rows."""

    name: str
    columns: tuple[SqlColumn, ...]
    files: tuple[SqlFile, ...] = ()


@dataclass(frozen=True)
class SqlRequest:
    """One SELECT over the staging tables of a graph; parameters by position (`?`, `$1`) or by name (`$name`)."""

    graph_id: str
    tables: tuple[SqlTable, ...]
    sql: str
    parameters: JsonObject | list[JsonValue] = field(default_factory=dict)
    format: AnswerFormat = AnswerFormat.JSON
    limits: QueryLimits = QueryLimits()


@dataclass(frozen=True)
class AnswerColumn:
    """`type` in the engine's own words."""

    name: str
    type: str


@dataclass(frozen=True)
class AnswerEnd:
    row_count: int
    truncated: bool
    execution_time_ms: float


class QueryAnswer(Protocol):
    """An answer whose first rows are there while the last are still being read.

    `chunks` can be gone through once; `end` is set when it is exhausted. It raises a KnowledgerError where the answer
    breaks off: what came before it is then not the whole.
    """

    @property
    def columns(self) -> tuple[AnswerColumn, ...]: ...

    @property
    def media_type(self) -> str: ...

    @property
    def end(self) -> AnswerEnd | None: ...

    @property
    def is_whole(self) -> bool:
        """Whether all of it, being small, came at once: then `read` does not wait."""

    async def read(self) -> bytes:
        """The whole body."""

    def chunks(self) -> AsyncIterator[bytes]: ...

    async def close(self) -> None:
        """Give up what is left; a query still running is stopped."""


class GraphReader(Protocol):
    """A graph host, asked from afar."""

    async def query(self, request: QueryRequest) -> QueryAnswer: ...

    async def sql(self, request: SqlRequest) -> QueryAnswer: ...

    async def close_graph(self, graph_id: str) -> None:
        """Close what is open of a graph, so that its files can go."""

    async def close(self) -> None: ...


class StatementNotAllowed(InvalidInput):
    """This statement does more than read."""


class QueryError(InvalidInput):
    """The query cannot be run."""


class QueryTimeout(KnowledgerError):
    """The query took longer than it may."""

    status = 408
    hint = "Ask for less at a time (a narrower MATCH, a LIMIT), or give a longer timeout."


class QueryTooLarge(KnowledgerError):
    """The query needs more memory than it may use."""

    status = 413
    hint = "Ask for less at a time (a narrower MATCH, a LIMIT). The limit is the setting KNOWLEDGER_QUERY_MEMORY."


class HostBusy(KnowledgerError):
    """All readers of this graph are busy."""

    status = 429
    retryable = True
    hint = "Try again in a moment."


class GenerationMissing(KnowledgerError):
    """The graph's file is not on this host."""

    status = 503
    retryable = True
    hint = "Try again in a moment; `knowledger doctor` says more if it stays so."


class ReaderLost(KnowledgerError):
    """The process that read the graph ended unexpectedly."""

    status = 500
    retryable = True
    hint = "Try again. If this query always does it, simplify it, and please report it."


class HostUnavailable(KnowledgerError):
    """The graph host cannot be reached."""

    status = 503
    retryable = True
    hint = "Try again in a moment; `knowledger doctor` says more if it stays so."


class AnswerCutOff(KnowledgerError):
    """The connection to the graph host broke in the middle of an answer."""

    status = 502
    retryable = True
    hint = "Run the query again; what came so far is not the whole answer."


READING_ERRORS: dict[str, type[KnowledgerError]] = {
    item.__name__: item
    for item in (
        *(InvalidInput, StatementNotAllowed, QueryError, QueryTimeout, QueryTooLarge),
        *(HostBusy, GenerationMissing, ReaderLost),
    )
}
"""The errors that a host reports, by their code."""
