"""The columns of a type, as one reads them out of a graph: where they come from, and what files call them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.domain.graphs.table_shape import table_shape
from knowledger.engine.build.ddl import primary_key, quoted

_KEY = PropertyType(Scalar.STRING)


@dataclass(frozen=True)
class Column:
    """`read` is Cypher over `a` (a node, or a relationship's start), `b` (its end) and `r`.

    It gives decimals as texts, and a list of them as one text: `[1.00,2.00]`.
    """

    name: str
    type: PropertyType
    read: str


@dataclass(frozen=True)
class TypeContents:
    """One type: the pattern that finds all of it, and its columns."""

    name: str
    start: str
    match: str
    columns: tuple[Column, ...]


def for_comparison(schema: GraphSchema) -> Iterator[TypeContents]:
    """All of a graph that the engine keeps: nodes by their properties, relationships by their ends and properties."""
    for node in schema.nodes:
        yield _contents(node, (Column(item.name, item.type, _read("a", item)) for item in node.properties))
    for kind in schema.relationships:
        start, end = (primary_key(schema.node(name)) for name in (kind.from_node, kind.to_node))
        ends = (Column("from", _KEY, _of("a", start)), Column("to", _KEY, _of("b", end)))
        properties = (Column(item.name, item.type, _read("r", item)) for item in kind.properties)
        yield _relationships(kind, (*ends, *properties))


def for_files(schema: GraphSchema) -> Iterator[TypeContents]:
    """All of a graph under the headers that its tables have in files, so that an export can be loaded again."""
    for node in schema.nodes:
        yield _contents(node, (Column(item.header, item.type, _read("a", item)) for item in node.properties))
    for kind in schema.relationships:
        yield _relationships(kind, _own_columns(schema, kind) if kind.source is None else _derived(schema, kind))


def _own_columns(schema: GraphSchema, kind: RelationshipType) -> Iterator[Column]:
    shape = table_shape(schema, kind.name)
    reads: dict[str, str] = {}
    for variable, node, columns in (("a", kind.from_node, shape.from_columns), ("b", kind.to_node, shape.to_columns)):
        for column, part in zip(columns, schema.node(node).key_properties, strict=True):
            reads.setdefault(column.name, _read(variable, part))
    for column, item in zip(shape.properties, kind.properties, strict=True):
        reads.setdefault(column.name, _read("r", item))
    for column in shape.columns:
        yield Column(column.header, column.type, reads[column.name])


def _derived(schema: GraphSchema, kind: RelationshipType) -> Iterator[Column]:
    for variable, prefix, name in (("a", "from_", kind.from_node), ("b", "to_", kind.to_node)):
        for part in schema.node(name).key_properties:
            yield Column(prefix + part.name, part.type, _read(variable, part))
    for item in kind.properties:
        yield Column(item.header, item.type, _read("r", item))


def _contents(node: NodeType, columns: Iterable[Column]) -> TypeContents:
    return TypeContents(node.name, node.name, f"(a:{quoted(node.name)})", _distinct(columns))


def _relationships(kind: RelationshipType, columns: Iterable[Column]) -> TypeContents:
    start, end = (quoted(name) for name in (kind.from_node, kind.to_node))
    return TypeContents(
        kind.name, kind.from_node, f"(a:{start})-[r:{quoted(kind.name)}]->(b:{end})", _distinct(columns)
    )


def _distinct(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns, none of which has the name of another, whatever the case."""
    by_name: dict[str, Column] = {}
    for column in columns:
        name, number = column.name, 1
        while name.lower() in by_name:
            number += 1
            name = f"{column.name}_{number}"
        by_name[name.lower()] = Column(name, column.type, column.read)
    return tuple(by_name.values())


def _of(variable: str, name: str) -> str:
    return f"{variable}.{quoted(name)}"


def _read(variable: str, item: Property) -> str:
    """LadybugDB hands negative decimals of up to 18 digits to Arrow without their sign, and dies of lists of texts."""
    read = _of(variable, item.name)
    return f"CAST({read} AS STRING)" if item.type.scalar is Scalar.DECIMAL else read
