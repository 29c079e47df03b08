import pytest
from hypothesis import given, settings

from knowledger.domain.graphs.merge import conflicts, merge
from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema
from knowledger.kernel.json import JsonObject
from tests.graphs.schemas import documents, node, problems_of

BOOKS = GraphSchema.parse(
    {
        "name": "books",
        "nodes": [
            {**node("Account", name="string"), "description": "An account"},
            node("Line", account_id="string", amount="decimal(18,2)"),
        ],
        "relationships": [
            {"name": "POSTED_TO", "from": "Line", "to": "Account", "source": "Line", "to_columns": ["account_id"]}
        ],
    }
)


def part(*nodes: JsonObject, relationships: tuple[JsonObject, ...] = ()) -> GraphSchema:
    return GraphSchema.parse_part({"nodes": [*nodes], "relationships": [*relationships]})


@settings(max_examples=50)
@given(documents())
def test_adding_a_schema_to_itself_changes_nothing(document: JsonObject) -> None:
    schema = GraphSchema.parse(document)
    assert conflicts(schema, schema) == []
    assert merge(schema, schema) == schema


def test_new_types_follow_those_that_are_there_and_may_refer_to_them() -> None:
    owner: JsonObject = {"name": "OWNED_BY", "from": "Account", "to": "Person"}
    merged = merge(BOOKS, part(node("Person"), relationships=(owner,)))
    assert [item.name for item in merged.nodes] == ["Account", "Line", "Person"]
    assert [item.name for item in merged.relationships] == ["POSTED_TO", "OWNED_BY"]
    assert merged.name == "books"


def test_a_type_gains_the_properties_it_lacks_and_keeps_its_own_words() -> None:
    wanted = part({**node("Account", name="string", currency="string"), "description": "Other words"})
    assert conflicts(BOOKS, wanted) == []
    account = merge(BOOKS, wanted).node("Account")
    assert [item.name for item in account.properties] == ["id", "name", "currency"]
    assert account.description == "An account"


def test_every_change_to_what_is_there_is_a_conflict_with_its_place() -> None:
    posted: JsonObject = {"name": "POSTED_TO", "from": "Account", "to": "Line"}
    wanted = part(
        node("Extra"),
        node("Account", ["name"], name="string"),
        node("Line", amount="double"),
        node("posted_to"),
        relationships=(posted, {"name": "EXTRA_OF", "from": "Line", "to": "Extra"}),
    )
    assert conflicts(BOOKS, wanted) == [
        ("nodes[1]", "Account is there already, with another key or other ends"),
        ("nodes[2].properties[1]", "Line.amount is there already, as decimal(18,2)"),
        ("nodes[3]", "the name 'posted_to' is taken by POSTED_TO: upper and lower case are the same"),
        ("relationships[0]", "POSTED_TO is there already, with another key or other ends"),
    ]


def test_a_conflict_says_how_the_property_is_there() -> None:
    strict = node("Account")
    strict["properties"] = [{"name": "id", "type": "string", "required": True, "column": "No"}]
    assert conflicts(part(strict), part(node("Account"))) == [
        ("nodes[0].properties[0]", "Account.id is there already, as string, required True, column No")
    ]


def test_a_mistake_that_only_the_whole_shows_has_its_place_in_the_addition() -> None:
    wanted = part(
        node("Extra", ["number"]),
        relationships=({"name": "IN", "from": "Line", "to": "Extra", "source": "Line"},),
    )
    with pytest.raises(InvalidSchema) as refused:
        merge(BOOKS, wanted)
    assert problems_of(refused.value) == [("relationships[0].to_columns", "Line has no property 'number'")]
