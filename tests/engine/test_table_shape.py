"""The shape of a table, from the schema."""

import pytest

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import TableShape, UnknownTable, table_shape

SCHEMA = GraphSchema.parse(
    {
        "nodes": [
            {
                "name": "Tag",
                "key": ["tag", "version"],
                "properties": [
                    {"name": "tag", "type": "string"},
                    {"name": "version", "type": "string", "column": "Version No"},
                    {"name": "since", "type": "date", "format": "%Y%m%d"},
                ],
            },
            {"name": "Filing", "key": "adsh", "properties": [{"name": "adsh", "type": "int"}]},
        ],
        "relationships": [
            {"name": "USES", "from": "Filing", "to": "Tag", "properties": [{"name": "weight", "type": "double"}]},
            {
                "name": "REPLACES",
                "from": "Tag",
                "to": "Tag",
                "from_columns": ["tag", "old"],
                "to_columns": ["tag", "new"],
                "key": ["at"],
                "properties": [{"name": "at", "type": "date"}, {"name": "old", "type": "int", "column": "was"}],
            },
            {"name": "OF", "from": "Tag", "to": "Tag", "source": "Tag", "to_columns": ["version", "tag"]},
        ],
    }
)


def shape(table: str) -> TableShape:
    return table_shape(SCHEMA, table)


def test_a_node_table_has_its_properties_and_the_headers_they_have_in_files() -> None:
    tag = shape("Tag")
    assert [(item.name, item.header, item.is_key) for item in tag.columns] == [
        ("tag", "tag", True),
        ("version", "Version No", True),
        ("since", "since", False),
    ]
    assert tag.properties == tag.columns
    assert tag.columns[2].format == "%Y%m%d"


def test_a_relationship_table_begins_with_the_keys_of_both_ends() -> None:
    uses = shape("USES")
    assert [item.name for item in uses.columns] == ["from_adsh", "to_tag", "to_version", "weight"]
    assert [str(item.type) for item in uses.columns] == ["int", "string", "string", "double"]
    assert [item.name for item in uses.key] == ["from_adsh", "to_tag", "to_version"]


def test_a_column_that_both_ends_share_is_read_once() -> None:
    replaces = shape("REPLACES")
    assert [item.name for item in replaces.columns] == ["tag", "old", "new", "at", "old_2"]
    assert replaces.from_columns[0] is replaces.to_columns[0]


def test_columns_that_only_share_a_name_stay_apart() -> None:
    at, old = shape("REPLACES").properties
    assert (at.is_key, old.name, old.header) == (True, "old_2", "was")


def test_a_relationship_read_off_a_node_table_has_no_table() -> None:
    with pytest.raises(UnknownTable) as raised:
        shape("OF")
    assert raised.value.hint == "The tables of this graph: Tag, Filing, USES, REPLACES."
