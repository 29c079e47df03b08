"""Whether a sealed file holds what was put into it: read back, as a reader of the generation would."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.build.ddl import primary_key, quoted
from knowledger.engine.build.graph_file import GraphFile
from knowledger.engine.build.seal import GenerationUnsound, require_sealed
from knowledger.engine.build.sources import Source
from knowledger.engine.build.workbench import Workbench

_PROBES = 2


@dataclass(frozen=True)
class Probe:
    """A question whose answer is known: keys to look up, and the values that must be found there by property."""

    type_name: str
    keys: tuple[object, ...]
    values: dict[str, object]


def probes(source: Source, rows: str, bench: Workbench) -> list[Probe]:
    """A few rows from the middle of `rows`, which are some of the source's."""
    values = [value for value in source.values if value.target.type == value.column.type]
    columns = ", ".join([*source.keys, *(value.sql for value in values)])
    middle = source.table.rows // 2
    found = bench.rows(f"SELECT {columns} FROM {rows} LIMIT {_PROBES} OFFSET {middle}")
    ends = len(source.keys)
    names = [value.target.name for value in values]
    return [Probe(source.name, row[:ends], dict(zip(names, row[ends:], strict=True))) for row in found]


def verify(
    path: Path,
    schema: GraphSchema,
    counts: Mapping[str, int],
    known: Iterable[Probe],
    *,
    buffer_pool_bytes: int,
    threads: int,
) -> None:
    """Raises GenerationUnsound unless the file is sealed, has these counts and answers the probes."""
    require_sealed(path)
    size = path.stat().st_size
    try:
        with GraphFile(
            path, buffer_pool_bytes=buffer_pool_bytes, threads=threads, read_only=True, grows_to=size
        ) as graph:
            _verify_counts(graph, schema, counts)
            for probe in known:
                _verify_probe(graph, schema, probe)
    except RuntimeError as error:
        raise GenerationUnsound("The new generation cannot be read back.") from error


def _verify_counts(graph: GraphFile, schema: GraphSchema, counts: Mapping[str, int]) -> None:
    found = count_all(graph, schema)
    if wrong := [name for name in found if found[name] != counts.get(name, 0)]:
        listed = "; ".join(f"{name}: {found[name]} instead of {counts.get(name, 0)}" for name in wrong)
        raise GenerationUnsound(f"The new generation does not hold what it should: {listed}.")


def count_all(graph: GraphFile, schema: GraphSchema) -> dict[str, int]:
    nodes = {item.name: graph.count_nodes(item.name) for item in schema.nodes}
    return nodes | {item.name: graph.count_relationships(item.name) for item in schema.relationships}


def _verify_probe(graph: GraphFile, schema: GraphSchema, probe: Probe) -> None:
    names = list(probe.values)
    if len(probe.keys) == 1:
        found = _look_up_node(graph, schema, probe, names)
    else:
        found = _look_up_relationship(graph, schema, probe, names)
    if list(probe.values.values()) not in found:
        raise GenerationUnsound(f"The new generation does not find a {probe.type_name} that it should hold.")


def _look_up_node(graph: GraphFile, schema: GraphSchema, probe: Probe, names: list[str]) -> list[list[object]]:
    key = quoted(primary_key(schema.node(probe.type_name)))
    wanted = ", ".join(f"n.{quoted(name)}" for name in names)
    return graph.rows(
        f"MATCH (n:{quoted(probe.type_name)}) WHERE n.{key} = $key RETURN {wanted}", {"key": probe.keys[0]}
    )


def _look_up_relationship(graph: GraphFile, schema: GraphSchema, probe: Probe, names: list[str]) -> list[list[object]]:
    kind = schema.relationship(probe.type_name)
    start, end = (schema.node(name) for name in (kind.from_node, kind.to_node))
    wanted = ", ".join(f"r.{quoted(name)}" for name in names)
    found = graph.rows(
        f"MATCH (a:{quoted(start.name)})-[r:{quoted(kind.name)}]->(b:{quoted(end.name)}) "
        f"WHERE a.{quoted(primary_key(start))} = $k0 AND b.{quoted(primary_key(end))} = $k1 "
        f"RETURN {wanted or '1'}",
        {"k0": probe.keys[0], "k1": probe.keys[1]},
    )
    return found if names else [[] for _ in found]
