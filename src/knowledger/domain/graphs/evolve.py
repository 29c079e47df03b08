"""A schema grows: types and optional properties can be added at any time; nothing is changed or dropped."""

from typing import TypeVar

from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import lock_graph, mark_stale
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.kernel.errors import Conflict

T = TypeVar("T", NodeType, RelationshipType)


class SchemaConflict(Conflict):
    """This would change or drop what the schema has."""

    hint = "Add types and optional properties only; for other changes, create a graph with the new schema."


def extend_schema(session: Session, graph_id: str, addition: GraphSchema) -> GraphSchema:
    """Add what is new in `addition` to a graph's schema. Raises SchemaConflict with every conflict at once.

    Types that are already there may be left out of the addition or repeated as they are.
    """
    graph = lock_graph(session, graph_id)
    current = GraphSchema.parse(graph.schema)
    conflicts: list[str] = []
    nodes = _merge(current.nodes, addition.nodes, conflicts)
    relationships = _merge(current.relationships, addition.relationships, conflicts)
    if conflicts:
        raise SchemaConflict(f"{conflicts[0]}", conflicts=conflicts)
    named = addition if not current.nodes else current
    merged = GraphSchema.parse(named.model_copy(update={"nodes": nodes, "relationships": relationships}).as_json())
    if merged != current:
        graph.schema = merged.as_json()
        mark_stale(session, graph, "The schema has grown.")
    return merged


def _merge(current: tuple[T, ...], addition: tuple[T, ...], conflicts: list[str]) -> tuple[T, ...]:
    merged = {item.name: item for item in current}
    for item in addition:
        merged[item.name] = _grown(merged[item.name], item, conflicts) if item.name in merged else item
    return tuple(merged.values())


def _grown(current: T, wanted: T, conflicts: list[str]) -> T:
    """The type with the new optional properties of `wanted`."""
    had: dict[str, Property] = {item.name: item for item in current.properties}
    rest = {"description": current.description, "properties": current.properties}
    if wanted.model_copy(update=rest) != current:
        conflicts.append(f"{current.name}: its key or its ends would change.")
    for item in wanted.properties:
        if item.name not in had and item.required and item.default is None:
            conflicts.append(f"{current.name}.{item.name}: a new property cannot be required: rows lack it.")
        elif item.name in had and had[item.name] != item:
            conflicts.append(f"{current.name}.{item.name}: it is there already, as {had[item.name].type}.")
    added: list[Property] = [item for item in wanted.properties if item.name not in had]
    properties: tuple[Property, ...] = (*current.properties, *added)
    return current.model_copy(update={"properties": properties})
