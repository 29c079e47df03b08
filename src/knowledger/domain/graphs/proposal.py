"""A schema proposed for files nobody has described: a node type for each, and relationships where keys meet."""

from collections.abc import Iterator, Sequence

from knowledger.domain.graphs.engine import InferredTable
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject, JsonValue

_TOO_COMMON = frozenset({"id", "key", "name", "code", "number", "date"})
"""Names that many tables use for their own key: sharing one says nothing."""


def propose_schema(tables: Sequence[InferredTable]) -> GraphSchema:
    """One node type a file. A file that has all columns of another one's key, named and typed alike, refers to it."""
    nodes = _differently_named([table.node for table in tables])
    nodes_only = GraphSchema.parse({"name": "inferred", "nodes": nodes})
    return GraphSchema.parse({**nodes_only.as_json(), "relationships": list(_references(nodes_only))})


def _differently_named(nodes: Sequence[JsonObject]) -> list[JsonValue]:
    taken: set[str] = set()
    named: list[JsonValue] = []
    for node in nodes:
        name, number = str(node["name"]), 1
        while name.lower() in taken:
            number += 1
            name = f"{node['name']}{number}"
        taken.add(name.lower())
        named.append({**node, "name": name})
    return named


def _references(schema: GraphSchema) -> Iterator[JsonValue]:
    for source in schema.nodes:
        typed = {(item.name, str(item.type)) for item in source.properties}
        for target in schema.nodes:
            key = {(item.name, str(item.type)) for item in target.key_properties}
            is_own_key = set(target.key) == set(source.key)
            is_common = all(name.lower() in _TOO_COMMON for name in target.key)
            if source is not target and key <= typed and not is_own_key and not is_common:
                yield {
                    "name": f"{source.name}_{target.name}".upper(),
                    "description": f"{source.name} refers to {target.name} by {', '.join(target.key)}.",
                    "from": source.name,
                    "to": target.name,
                    "source": source.name,
                    "to_columns": list(target.key),
                }
