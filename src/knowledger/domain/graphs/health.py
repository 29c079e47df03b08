"""Whether a graph is well: its current generation opens, and holds what the catalogue says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from knowledger.domain.graphs.reading import GraphReader, QueryRequest
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.errors import KnowledgerError
from knowledger.models.graphs import Generation, Graph

Severity = Literal["note", "warning", "problem"]
Status = Literal["healthy", "degraded", "unhealthy"]


@dataclass(frozen=True)
class Finding:
    """A `problem` makes a graph unhealthy, a `warning` degraded; a `note` is worth knowing."""

    severity: Severity
    code: str
    message: str


async def look_into(reader: GraphReader, graph_id: str, generation: Generation | None) -> list[Finding]:
    """Open the generation as a query does and count every type of it."""
    if generation is None:
        return [Finding("problem", "no_generation", "The graph has no generation.")]
    try:
        counted = {name: await _count(reader, graph_id, generation, query) for name, query in _counts(generation)}
    except KnowledgerError as error:
        return [Finding("problem", "not_opened", f"The current generation cannot be read: {error.message}")]
    return list(_differences(generation.counts, counted))


def findings_of(graph: Graph, failed_files: list[str]) -> list[Finding]:
    """What the records say."""
    found = [Finding("warning", "file_not_staged", f"{name} could not be staged.") for name in failed_files]
    if graph.stale_reason is not None:
        found.append(Finding("note", "stale", f"{graph.stale_reason} Materialize to bring the graph up to it."))
    return found


def status_of(findings: list[Finding]) -> Status:
    severities = {finding.severity for finding in findings}
    if "problem" in severities:
        return "unhealthy"
    return "degraded" if "warning" in severities else "healthy"


def _counts(generation: Generation) -> Iterator[tuple[str, str]]:
    schema = GraphSchema.parse(generation.schema)
    yield from ((item.name, f"MATCH (n:`{item.name}`) RETURN count(*) AS n") for item in schema.nodes)
    yield from ((item.name, f"MATCH ()-[r:`{item.name}`]->() RETURN count(*) AS n") for item in schema.relationships)


async def _count(reader: GraphReader, graph_id: str, generation: Generation, query: str) -> int:
    answer = await reader.query(QueryRequest(graph_id, generation.id, generation.object_key, query))
    return int(json.loads(await answer.read())["data"][0]["n"])


def _differences(expected: Mapping[str, int], counted: Mapping[str, int]) -> Iterator[Finding]:
    for name in sorted(expected.keys() | counted.keys()):
        if expected.get(name, 0) != counted.get(name, 0):
            message = f"{name}: {counted.get(name, 0):,} rows instead of {expected.get(name, 0):,}."
            yield Finding("problem", "count_differs", message)
