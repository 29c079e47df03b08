"""What a table of a schema looks like: its columns in the files people load, and in staged Parquet."""

from dataclasses import dataclass, replace
from typing import Literal

from knowledger.domain.graphs.property_types import PropertyType
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.kernel.errors import NotFound


class UnknownTable(NotFound):
    """The schema of this graph has no such table."""


@dataclass(frozen=True)
class TableColumn:
    """One column: `name` in staged Parquet and in SQL, `header` in files. A key is required by being one.

    Where there is a `default`, it stands in for a value that is empty or absent, which then is no fault.
    """

    name: str
    header: str
    type: PropertyType
    format: str | None = None
    required: bool = False
    is_key: bool = False
    description: str = ""
    default: str | bool | int | float | None = None

    @property
    def must_be_given(self) -> bool:
        return (self.is_key or self.required) and self.default is None


@dataclass(frozen=True)
class TableShape:
    """The columns of a table, in the order of its staged Parquet.

    `from_columns` and `to_columns` hold the keys of a relationship's two ends, in the order of the end's key, and are
    empty for a node table. `properties` are in the order of the schema. A column that serves several of them (a key
    part that both ends share) is the same object in each and stands in `columns` once.
    """

    table: str
    kind: Literal["node", "relationship"]
    columns: tuple[TableColumn, ...]
    properties: tuple[TableColumn, ...]
    from_columns: tuple[TableColumn, ...] = ()
    to_columns: tuple[TableColumn, ...] = ()

    @property
    def key(self) -> tuple[TableColumn, ...]:
        """The columns no row can do without: the node's key, or both ends and the relationship's own key."""
        return tuple(column for column in self.columns if column.is_key)


def table_shape(schema: GraphSchema, table: str) -> TableShape:
    """The shape of a table that files can be loaded into. Raises UnknownTable, which lists those there are."""
    for node in schema.nodes:
        if node.name == table:
            return _node_shape(node)
    for relationship in schema.relationships:
        if relationship.name == table and relationship.source is None:
            return _relationship_shape(schema, relationship)
    names = ", ".join(schema.table_names) or "none yet"
    raise UnknownTable(f"There is no table {table!r}.", hint=f"The tables of this graph: {names}.")


def _node_shape(node: NodeType) -> TableShape:
    columns = _Columns()
    properties = tuple(columns.add(_property_column(item, node.key)) for item in node.properties)
    return TableShape(node.name, "node", columns.all, properties)


def _relationship_shape(schema: GraphSchema, relationship: RelationshipType) -> TableShape:
    columns = _Columns()
    ends = (
        (schema.node(relationship.from_node), relationship.from_columns, "from_"),
        (schema.node(relationship.to_node), relationship.to_columns, "to_"),
    )
    from_columns, to_columns = (
        tuple(columns.add(_end_column(node, position, headers, prefix)) for position in range(len(node.key)))
        for node, headers, prefix in ends
    )
    properties = tuple(columns.add(_property_column(item, relationship.key)) for item in relationship.properties)
    return TableShape(relationship.name, "relationship", columns.all, properties, from_columns, to_columns)


def _property_column(item: Property, key: tuple[str, ...]) -> TableColumn:
    return TableColumn(
        item.name,
        item.header,
        item.type,
        item.format,
        item.required,
        is_key=item.name in key,
        description=item.description,
        default=item.default,
    )


def _end_column(node: NodeType, position: int, headers: tuple[str, ...], prefix: str) -> TableColumn:
    part = node.key_properties[position]
    header = headers[position] if headers else prefix + part.name
    return TableColumn(
        header,
        header,
        part.type,
        part.format,
        required=True,
        is_key=True,
        description=f"{part.name} of a {node.name}",
        default=part.default,
    )


class _Columns:
    """Gathers columns: what is read the same way from the same header is one column, and no two share a name."""

    def __init__(self) -> None:
        self._by_name: dict[str, TableColumn] = {}

    @property
    def all(self) -> tuple[TableColumn, ...]:
        return tuple(self._by_name.values())

    def add(self, column: TableColumn) -> TableColumn:
        name, number = column.name, 1
        # Engines compare names without case.
        while (taken := self._by_name.get(name.lower())) is not None:
            if (taken.header, taken.type, taken.format) == (column.header, column.type, column.format):
                return taken
            number += 1
            name = f"{column.name}_{number}"
        self._by_name[name.lower()] = column = replace(column, name=name)
        return column
