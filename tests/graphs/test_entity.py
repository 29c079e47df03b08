"""The entity of an entity graph: who it is, by which fields, and as which row."""

from typing import Any

import pytest

from knowledger.domain.graphs.create import GraphDraft
from knowledger.domain.graphs.entity import TABLE, Entity, InvalidEntity
from knowledger.domain.graphs.entity_graph import entity_graph
from knowledger.domain.graphs.extension import load_extensions
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject


def test_every_field_is_a_property_of_the_node_type() -> None:
    properties = {item.name for item in load_extensions()["base"].types.node(TABLE).properties}
    assert set(Entity.model_fields) == properties


def test_an_entity_becomes_a_row_of_what_is_known() -> None:
    entity = Entity.parse({"name": " Apple Inc. ", "cik": 320193, "sic": "", "fiscal_year_end": "--0928"})
    assert entity.as_row("ent_1") == {
        "entity_id": "0000320193",
        "name": "Apple Inc.",
        "cik": "0000320193",
        "fiscal_year_end": "09-28",
    }


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ({}, "ent_1"),
        ({"ein": "942404110"}, "942404110"),
        ({"ein": "942404110", "lei": "HWUPKR0MPOU8FGXBT394"}, "HWUPKR0MPOU8FGXBT394"),
        ({"lei": "HWUPKR0MPOU8FGXBT394", "cik": "320193"}, "0000320193"),
        ({"cik": "320193", "entity_id": "apple"}, "apple"),
    ],
)
def test_an_entity_is_known_by_what_is_surest(known: JsonObject, key: str) -> None:
    assert Entity.parse({"name": "Apple", **known}).as_row("ent_1")["entity_id"] == key


def test_fields_of_published_clients_are_understood() -> None:
    sent: JsonObject = {
        "name": "Apple",
        "uri": "https://apple.com",
        "sic_description": "Computers",
        "state_of_incorporation": "CA",
    }
    assert Entity.parse(sent).model_dump(exclude_none=True) == {
        "name": "Apple",
        "website": "https://apple.com",
        "industry": "Computers",
        "jurisdiction": "CA",
    }


@pytest.mark.parametrize(
    ("document", "places"),
    [
        ({}, ["entity.name"]),
        ("Apple", ["entity"]),
        ({"name": " "}, ["entity.name"]),
        ({"name": "A", "colour": "red"}, ["entity.colour"]),
        ({"name": "A", "legal_name": "A\nB"}, ["entity.legal_name"]),
        ({"name": "A", "cik": "x", "lei": "y", "sic": "1"}, ["entity.cik", "entity.lei", "entity.sic"]),
    ],
)
def test_every_mistake_is_listed_with_its_field(document: Any, places: list[str]) -> None:
    with pytest.raises(InvalidEntity) as refused:
        Entity.parse(document)
    problems = refused.value.details["problems"]
    assert isinstance(problems, list)
    assert [item["place"] for item in problems if isinstance(item, dict)] == places
    assert refused.value.message.startswith(f"{places[0]}: ")


def test_an_entity_graph_has_the_base_and_what_its_extensions_need() -> None:
    command = entity_graph(GraphDraft("Apple", extensions=("ledger",)), {"name": "Apple"})
    assert command.extensions == ("base", "ledger")
    assert {"Entity", "LineItem"} <= set(GraphSchema.parse(command.graph_schema).table_names)
