"""A schema grows: types and optional properties can be added at any time; nothing is changed or dropped."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import lock_family, mark_stale
from knowledger.domain.graphs.extension import compose
from knowledger.domain.graphs.merge import conflicts, merge
from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema, Property
from knowledger.kernel.errors import Conflict, KnowledgerError
from knowledger.kernel.json import JsonValue

SCHEMA_HAS_GROWN = "The schema has grown."


class SchemaConflict(Conflict):
    """This would change or drop what the schema has."""

    hint = "Add types and optional properties only; for other changes, create a graph with the new schema."


def extend_schema(session: Session, graph_id: str, addition: GraphSchema) -> GraphSchema:
    """Add what is new in `addition` to a graph's schema. Raises SchemaConflict with every conflict at once.

    Types that are already there may be left out of the addition or repeated as they are. The addition names a graph's
    schema that has no types yet. A graph and its subgraphs share one schema, so it grows in all of them.
    """
    graph, *subgraphs = lock_family(session, graph_id)
    current = GraphSchema.parse(graph.schema)
    merged = grown(current, addition)
    if merged != current:
        for member in (graph, *subgraphs):
            member.schema = merged.as_json()
            mark_stale(session, member, SCHEMA_HAS_GROWN)
    return merged


def grown(current: GraphSchema, addition: GraphSchema) -> GraphSchema:
    """The schema with what is new in the addition. Raises SchemaConflict, InvalidSchema."""
    if found := [*conflicts(current, addition), *_demands(current, addition)]:
        place, problem = found[0]
        listed = [{"place": place, "problem": problem} for place, problem in found]
        raise SchemaConflict(f"{place}: {problem}", problems=listed)
    named = current if current.nodes else addition.model_copy(update={"nodes": (), "relationships": ()})
    return merge(named, addition)


@dataclass(frozen=True)
class Verdict:
    """`problems` are in the schema itself, `conflicts` are why it cannot be added to the graph."""

    problems: list[JsonValue]
    conflicts: list[JsonValue]


def judge(document: JsonValue, current: GraphSchema, extensions: Iterable[str]) -> Verdict:
    """Check a schema as one of its own, with the extensions named, and as an addition to a graph's.

    It is without problems if it is so either way: it may build on what the graph has. Raises UnknownExtension.
    """
    try:
        part = GraphSchema.parse_part(document)
    except InvalidSchema as error:
        return Verdict(_problems(error), _problems(error))
    alone, added = _refusal(lambda: compose(extensions, part)), _refusal(lambda: grown(current, part))
    return Verdict(min(alone, added, key=len), added)


def _refusal(attempt: Callable[[], GraphSchema]) -> list[JsonValue]:
    try:
        attempt()
    except (InvalidSchema, SchemaConflict) as error:
        return _problems(error)
    return []


def _problems(error: KnowledgerError) -> list[JsonValue]:
    problems = error.details["problems"]
    assert isinstance(problems, list)
    return problems


def _demands(current: GraphSchema, addition: GraphSchema) -> Iterator[tuple[str, str]]:
    """New properties that rows would have to have, but rows that are there lack."""
    nodes = {item.name: item.properties for item in current.nodes}
    for index, node in enumerate(addition.nodes):
        yield from _required(f"nodes[{index}]", nodes.get(node.name, node.properties), node.properties)
    relationships = {item.name: item.properties for item in current.relationships}
    for index, item in enumerate(addition.relationships):
        yield from _required(f"relationships[{index}]", relationships.get(item.name, item.properties), item.properties)


def _required(place: str, current: tuple[Property, ...], wanted: tuple[Property, ...]) -> Iterator[tuple[str, str]]:
    had = {item.name for item in current}
    for index, item in enumerate(wanted):
        if item.name not in had and item.required and item.default is None:
            yield (
                f"{place}.properties[{index}]",
                f"{item.name} is new, so it cannot be required: the rows there lack it",
            )
