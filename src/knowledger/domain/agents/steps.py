"""The steps of an answer: what the analyst knows at the start, what it calls, and what it replies."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class Setting:
    """What the analyst knows before it asks anything. `earlier` are the questions before in the conversation."""

    graph_id: str
    generation_id: str | None
    schema: GraphSchema
    today: date
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A tool to call, and why, in a few words for whoever watches."""

    tool: str
    arguments: JsonObject
    why: str


@dataclass(frozen=True)
class Table:
    """A table of an answer. Amounts are text, exact. `units` by column, where there is one."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]
    truncated: bool = False

    def as_json(self) -> JsonObject:
        rows: list[JsonValue] = [list(row) for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows, "truncated": self.truncated}


@dataclass(frozen=True)
class Reply:
    """An answer, or an abstention. `intent` and `values` are for programs: the figures by name, exact, as text."""

    text: str
    understood: bool
    intent: str
    plan: tuple[str, ...] = ()
    formula: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: JsonObject | None = None
    suggestions: tuple[str, ...] = ()

    def pieces(self) -> Iterator[str]:
        """The text in pieces as they may be streamed: a few words each."""
        words = self.text.split(" ")
        for start in range(0, len(words), 4):
            last = start + 4 >= len(words)
            yield " ".join(words[start : start + 4]) + ("" if last else " ")


Thought: TypeAlias = Generator[Call, ToolOutput, Reply]
"""A line of thought: yields what it wants to know, is sent it, returns the reply."""
