import json

import pytest
from hypothesis import given, settings

from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema
from knowledger.kernel.json import JsonObject, JsonValue
from tests.graphs.schemas import documents, node, problems_of

ID: JsonObject = {"name": "id", "type": "string"}


def problems(document: JsonValue) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSchema) as refused:
        GraphSchema.parse(document)
    return problems_of(refused.value)


@settings(max_examples=50)
@given(documents())
def test_a_schema_reads_back_from_its_own_document(document: JsonObject) -> None:
    schema = GraphSchema.parse(document)
    assert GraphSchema.parse(json.loads(json.dumps(schema.as_json()))) == schema


def test_no_types_at_all_are_a_schema_to_be_inferred() -> None:
    assert GraphSchema.parse({}).table_names == ()


def test_every_mistake_is_listed_with_its_place() -> None:
    assert problems(
        {
            "colour": "red",
            "nodes": [
                {"name": "Account", "key": [], "properties": []},
                {"name": "Trade", "key": "id", "properties": [ID, {"name": "price", "type": "money"}]},
                {"name": "Fund", "key": ["id"], "properties": [{**ID, "required": "perhaps"}, 7]},
            ],
            "relationships": [{"name": "IN", "from": "Trade"}],
        }
    ) == [
        ("nodes[0].key", "this is empty"),
        ("nodes[0].properties", "this is empty"),
        (
            "nodes[1].properties[1].type",
            "unknown type 'money'; the types are string, int, double, decimal, boolean, date, timestamp, "
            "and lists such as string[]",
        ),
        ("nodes[2].properties[0].required", "this should be true or false"),
        ("nodes[2].properties[1]", "this should be an object"),
        ("relationships[0].to", "this is missing"),
        ("colour", "there is no such field here"),
    ]


def test_what_only_the_whole_shows_is_listed_with_its_place() -> None:
    line = node("Line", account_id="string")
    assert problems(
        {
            "nodes": [
                node("Account", ["code", "book"]),
                {**line, "key": ["number", "id", "ID"]},
                {"name": "account", "key": ["tags"], "properties": [{"name": "tags", "type": "string[]"}]},
            ],
            "relationships": [
                {"name": "POSTED_TO", "from": "Line", "to": "Acount"},
                {"name": "IN", "from": "Line", "to": "Account", "source": "Line", "to_columns": ["account_id"]},
                {"name": "OF", "from": "Line", "to": "Account", "source": "Book"},
                {"name": "AT", "from": "Line", "to": "Line", "source": "Line", "properties": [{**ID, "name": "at"}]},
            ],
        }
    ) == [
        ("nodes", "the name 'account' is used twice"),
        ("nodes[1].key", "the name 'ID' is used twice"),
        ("nodes[1].key", "there is no property 'number'"),
        ("nodes[1].key", "there is no property 'ID'"),
        ("nodes[2].key", "a list cannot be part of a key (tags)"),
        ("relationships[0].to", "there is no node type 'Acount'"),
        ("relationships[1].to_columns", "Account is keyed by (code, book): name one column for each, in that order"),
        ("relationships[2].source", "must be one of its ends: Line or Account"),
        ("relationships[3].properties", "Line has no property 'at' to read it from"),
    ]


def test_a_foreign_key_that_is_left_to_be_guessed_has_to_be_there() -> None:
    relationship: JsonObject = {"name": "POSTED_TO", "from": "Line", "to": "Account", "source": "Line"}
    nodes: list[JsonValue] = [node("Account", ["account_id"]), node("Line", ["line_id"])]
    assert problems({"nodes": nodes, "relationships": [relationship]}) == [
        ("relationships[0].to_columns", "Line has no property 'account_id'")
    ]


def test_a_foreign_key_has_the_type_of_the_key() -> None:
    line = node("Line", account_id="int")
    relationship: JsonObject = {"name": "POSTED_TO", "from": "Line", "to": "Account", "source": "Line"}
    nodes: list[JsonValue] = [node("Account", ["account_id"]), line]
    assert problems({"nodes": nodes, "relationships": [relationship]}) == [
        ("relationships[0].to_columns", "account_id is int, but Account.account_id is string")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "1st",
        "_key",
        "a b",
        "a-b",
        "a.b",
        "Account\n",
        "Account\0",
        "a`b",
        'a"b',
        "../etc",
        "x) DROP TABLE y; --",
        "a\u200bb",
        "\u202eabc",
        "💰",
        "x" * 65,
    ],
)
def test_a_hostile_name_is_refused_wherever_it_stands(name: str) -> None:
    hostile: JsonObject = {
        "nodes": [node(name), node("Fine", [name]), node("Other", **{name: "int"})],
        "relationships": [{"name": name, "from": name, "to": "Fine", "key": [name]}],
    }
    places = {place for place, _ in problems(hostile)}
    assert places >= {
        "nodes[0].name",
        "nodes[1].key[0]",
        "nodes[1].properties[0].name",
        "nodes[2].properties[1].name",
        "relationships[0].name",
        "relationships[0].from",
        "relationships[0].key[0]",
    }


@pytest.mark.parametrize("name", ["MATCH", "order", "Node", "primary", "Straße", "口座", "x" * 64])
def test_a_keyword_and_a_name_in_any_script_are_names(name: str) -> None:
    assert GraphSchema.parse({"nodes": [node(name, [name])]}).node(name).key == (name,)


def test_a_column_may_be_called_anything_but_nothing() -> None:
    document = node("Account")
    document["properties"] = [{**ID, "column": 'No. "1"; DROP\t'}]
    assert GraphSchema.parse({"nodes": [document]}).node("Account").key_properties[0].header == 'No. "1"; DROP\t'
    document["properties"] = [{**ID, "column": ""}]
    assert problems({"nodes": [document]}) == [("nodes[0].properties[0].column", "this is empty")]


def test_key_and_required_may_stand_at_the_properties() -> None:
    plain = node("Account", name="string")
    plain["properties"] = [ID, {"name": "name", "type": "string", "required": True}]
    flagged: JsonObject = {
        "name": "Account",
        "properties": [{**ID, "is_primary_key": True}, {"name": "name", "type": "string", "is_required": True}],
    }
    assert GraphSchema.parse({"nodes": [flagged]}) == GraphSchema.parse({"nodes": [plain]})


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("string", 0),
        ("int", 1.5),
        ("int", True),
        ("int", 2**63),
        ("double", "1"),
        ("decimal(4,2)", 100),
        ("decimal(4,2)", "NaN"),
        ("decimal(4,2)", "ten"),
        ("boolean", 1),
        ("date", "2024-02-30"),
        ("date", "31/12/2024"),
        ("timestamp", "noon"),
        ("string[]", "a"),
    ],
)
def test_a_default_that_does_not_fit_its_type_is_refused(kind: str, default: JsonValue) -> None:
    document = node("Account")
    document["properties"] = [ID, {"name": "extra", "type": kind, "default": default}]
    assert problems({"nodes": [document]}) == [
        ("nodes[0].properties[1]", f"the default {default!r} does not fit type {kind}")
    ]


def test_a_part_with_the_same_type_or_property_twice_is_refused() -> None:
    twice = node("Account")
    twice["properties"] = [ID, {"name": "ID", "type": "int"}]
    with pytest.raises(InvalidSchema) as refused:
        GraphSchema.parse_part({"nodes": [node("Account"), twice]})
    assert problems_of(refused.value) == [
        ("nodes", "the name 'Account' is used twice"),
        ("nodes[1].properties", "the name 'ID' is used twice"),
    ]


@pytest.mark.parametrize("document", [None, 5, "schema", [], [{}], {"nodes": {}}, {"nodes": "Account"}])
def test_what_is_no_schema_at_all_is_refused_at_its_top(document: JsonValue) -> None:
    assert problems(document)[0][0] in {"schema", "nodes"}
