"""A schema as LadybugDB's DDL."""

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType

GENERATED_KEY = "_key"
"""The property that identifies a node whose own key LadybugDB cannot: one of several parts, or of these types."""

_TYPES = {
    Scalar.STRING: "STRING",
    Scalar.INT: "INT64",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.DECIMAL: "DECIMAL",
    Scalar.BOOLEAN: "BOOL",
    Scalar.DATE: "DATE",
    Scalar.TIMESTAMP: "TIMESTAMP",
}
# LadybugDB refuses BOOL, fails to look DECIMAL up, and compares DOUBLE bit by bit, where 0.0 is not -0.0.
_KEY_TYPES = frozenset({Scalar.STRING, Scalar.INT, Scalar.DATE, Scalar.TIMESTAMP})


def ddl(schema: GraphSchema) -> list[str]:
    """The statements that create the schema's types, nodes first."""
    return [*map(_node_table, schema.nodes), *map(_relationship_table, schema.relationships)]


def quoted(name: str) -> str:
    """A name as Cypher writes it, whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def has_generated_key(node: NodeType) -> bool:
    return len(node.key) > 1 or node.key_properties[0].type.scalar not in _KEY_TYPES


def primary_key(node: NodeType) -> str:
    """The name of the property that LadybugDB finds a node by."""
    return GENERATED_KEY if has_generated_key(node) else node.key[0]


def _node_table(node: NodeType) -> str:
    columns = [_column(item) for item in node.properties]
    if has_generated_key(node):
        columns.insert(0, f"{quoted(GENERATED_KEY)} STRING")
    return f"CREATE NODE TABLE {quoted(node.name)}({', '.join(columns)}, PRIMARY KEY({quoted(primary_key(node))}))"


def _relationship_table(relationship: RelationshipType) -> str:
    ends = f"FROM {quoted(relationship.from_node)} TO {quoted(relationship.to_node)}"
    columns = ", ".join([ends, *map(_column, relationship.properties)])
    return f"CREATE REL TABLE {quoted(relationship.name)}({columns})"


def _column(item: Property) -> str:
    return f"{quoted(item.name)} {_type_name(item.type)}"


def _type_name(kind: PropertyType) -> str:
    size = f"({kind.precision}, {kind.scale})" if kind.scalar is Scalar.DECIMAL else ""
    return f"{_TYPES[kind.scalar]}{size}{'[]' if kind.is_list else ''}"
