"""What each type of the schema is filled from: a relation of staged rows, and the columns that the graph takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.build.ddl import has_generated_key
from knowledger.engine.build.keys import key_sql
from knowledger.engine.build.staged import StagedTable


@dataclass(frozen=True)
class End:
    """One end of a relationship: the SQL of its key, and the columns that it is read from."""

    node: NodeType
    key: str
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True)
class Value:
    """A property and the SQL of the column that it is read from."""

    target: Property
    column: TableColumn
    sql: str

    @property
    def as_copied(self) -> str:
        """LadybugDB reads no decimals from Parquet, but casts text to them exactly; a list of texts would crash it."""
        is_decimal = Scalar.DECIMAL in (self.target.type.scalar, self.column.type.scalar)
        return f"CAST({self.sql} AS VARCHAR)" if is_decimal else self.sql


@dataclass(frozen=True)
class Source:
    """Where the rows of one type come from; SQL is over `table.scan`.

    `keys` finds a node, or the two ends of a relationship, in the graph. `identity` tells rows apart, of which the
    latest wins; it is empty where no two rows can be the same. A `derived` relationship is read off the winning rows
    of a node type and exists where both ends are known.
    """

    name: str
    table: StagedTable
    keys: tuple[str, ...]
    values: tuple[Value, ...]
    identity: tuple[str, ...]
    key_is_stored: bool = True
    ends: tuple[End, ...] = ()
    derived: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What LadybugDB's COPY takes, in its order."""
        keys = self.keys if self.key_is_stored else ()
        return (*keys, *(value.as_copied for value in self.values))

    @property
    def is_verbatim(self) -> bool:
        """Whether the staged files are what COPY takes, column by column."""
        shape = self.table.shape
        as_they_are = tuple(self.table.column(column) for column in shape.columns)
        in_order = [column.name for column in shape.columns]
        return self.columns == as_they_are and all(list(file.columns) == in_order for file in self.table.files)

    def of(self, table: StagedTable) -> "Source":
        """The same for other files of the table."""
        return replace(self, table=table)


def sources_of(schema: GraphSchema, tables: Mapping[str, StagedTable]) -> list[Source]:
    """Those of all types that have staged rows, nodes first."""
    nodes = [_node_source(item, tables[item.name]) for item in schema.nodes if item.name in tables]
    return [*nodes, *_relationship_sources(schema, tables)]


def _node_source(node: NodeType, table: StagedTable) -> Source:
    key = (_own_key(node, table),)
    values = _values(table, node.properties, table.shape.properties)
    return Source(node.name, table, key, values, key, key_is_stored=has_generated_key(node))


def _relationship_sources(schema: GraphSchema, tables: Mapping[str, StagedTable]) -> Iterator[Source]:
    for relationship in schema.relationships:
        table = tables.get(relationship.source or relationship.name)
        if table is not None and relationship.source is None:
            yield _own_relationship(schema, relationship, table)
        elif table is not None:
            yield _derived_relationship(schema, relationship, table)


def _own_relationship(schema: GraphSchema, relationship: RelationshipType, table: StagedTable) -> Source:
    shape = table.shape
    ends = (
        _end(schema.node(relationship.from_node), table, shape.from_columns),
        _end(schema.node(relationship.to_node), table, shape.to_columns),
    )
    return _relationship(relationship, table, ends, shape.properties)


def _derived_relationship(schema: GraphSchema, relationship: RelationshipType, table: StagedTable) -> Source:
    """Where one end is the row's own node, the node's key tells relationships apart, and it is unique."""
    ends = tuple(
        _end(node, table, _named(table, columns or node.key))
        for node, columns in (
            (schema.node(relationship.from_node), relationship.from_columns),
            (schema.node(relationship.to_node), relationship.to_columns),
        )
    )
    properties = _named(table, tuple(item.name for item in relationship.properties))
    source = _relationship(relationship, table, ends, properties)
    own = schema.node(table.shape.table)
    one_each = any(end.node == own and end.key == _own_key(own, table) for end in ends)
    return replace(source, derived=True, identity=() if one_each else source.identity)


def _relationship(
    relationship: RelationshipType, table: StagedTable, ends: tuple[End, ...], properties: tuple[TableColumn, ...]
) -> Source:
    keys = tuple(end.key for end in ends)
    told_by = [item for item in properties if item.name in relationship.key] if relationship.key else properties
    identity = (*keys, *(table.column(item) for item in told_by))
    values = _values(table, relationship.properties, properties)
    return Source(relationship.name, table, keys, values, identity, ends=ends)


def _own_key(node: NodeType, table: StagedTable) -> str:
    return key_sql(node, [table.column(item) for item in _named(table, node.key)])


def _end(node: NodeType, table: StagedTable, columns: tuple[TableColumn, ...]) -> End:
    return End(node, key_sql(node, [table.column(item) for item in columns]), columns)


def _named(table: StagedTable, names: tuple[str, ...]) -> tuple[TableColumn, ...]:
    columns = {column.name: column for column in table.shape.columns}
    return tuple(columns[name] for name in names)


def _values(
    table: StagedTable, properties: tuple[Property, ...], columns: tuple[TableColumn, ...]
) -> tuple[Value, ...]:
    pairs = zip(properties, columns, strict=True)
    return tuple(Value(item, column, table.column(column)) for item, column in pairs)
