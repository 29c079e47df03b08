"""What a tool may touch: one graph, read only, through ports that guard and limit what they run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeAlias

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject, JsonValue

LONGEST_RUN = timedelta(seconds=20)


@dataclass(frozen=True)
class Rows:
    """An answer's rows as JSON has them: decimals as text with their full scale, days and times in ISO 8601.

    `truncated` says that there were more rows than were asked for.
    """

    columns: tuple[str, ...]
    rows: tuple[JsonObject, ...]
    truncated: bool = False


class GraphReading(Protocol):
    """One graph's sealed generation and staging tables, read in the sandbox. Raises the errors of graphs.reading."""

    def generation(self) -> str | None:
        """The id of the generation that is read; None for an empty graph. Raises GraphNotFound."""

    def cypher(
        self, query: str, parameters: JsonObject, *, max_rows: int, timeout: timedelta = LONGEST_RUN
    ) -> Rows: ...

    def sql(
        self, query: str, parameters: list[JsonValue], *, max_rows: int, timeout: timedelta = LONGEST_RUN
    ) -> Rows: ...

    def operations(self, limit: int) -> list[JsonObject]:
        """The graph's newest operations: operation_id, kind, status, created_at, ended_at, message."""


Readings: TypeAlias = Callable[[str, str], GraphReading]
"""Opens a graph for reading: (graph id, id of the organization that asks)."""


@dataclass(frozen=True)
class ToolContext:
    """Whom a tool works for. `today` is what "last year" is counted from where a graph has no data of its own."""

    graph_id: str
    generation_id: str | None
    schema: GraphSchema
    reading: GraphReading
    today: date
