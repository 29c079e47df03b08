from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.evolve import SchemaConflict, extend_schema
from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema
from knowledger.domain.tenancy.access import GraphNotFound
from knowledger.kernel.json import JsonObject
from knowledger.models import Graph, Organization
from tests.graphs.schemas import node, problems_of

BOOKS: JsonObject = {"name": "books", "nodes": [node("Account", name="string"), node("Line", amount="decimal(18,2)")]}


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = sqlalchemy.create_engine(database_url)
    with Session(engine) as session:
        session.add(Organization(id="org_test", name="Ledger & Sons"))
        session.flush()
        yield session
        session.rollback()
    engine.dispose()


def graph_with(session: Session, schema: JsonObject) -> str:
    graph = Graph(id="kg_test", organization_id="org_test", name="Books", tier="standard", schema=schema)
    session.add(graph)
    session.flush()
    return graph.id


def test_a_graph_gains_types_and_is_stale_from_then_on(session: Session) -> None:
    graph_id = graph_with(session, BOOKS)
    addition = GraphSchema.parse_part(
        {"nodes": [node("Person")], "relationships": [{"name": "OWNED_BY", "from": "Account", "to": "Person"}]}
    )
    merged = extend_schema(session, graph_id, addition)
    graph = find_graph(session, graph_id)
    assert GraphSchema.parse(graph.schema) == merged
    assert merged.table_names == ("Account", "Line", "Person", "OWNED_BY")
    assert graph.stale_since is not None


def test_what_is_there_already_changes_nothing(session: Session) -> None:
    graph_id = graph_with(session, BOOKS)
    assert extend_schema(session, graph_id, GraphSchema.parse(BOOKS)) == GraphSchema.parse(BOOKS)
    assert find_graph(session, graph_id).stale_since is None


def test_an_empty_graph_takes_the_name_of_its_first_schema(session: Session) -> None:
    graph_id = graph_with(session, {})
    assert extend_schema(session, graph_id, GraphSchema.parse(BOOKS)) == GraphSchema.parse(BOOKS)


def test_what_would_change_types_or_demand_of_rows_is_refused_with_every_place(session: Session) -> None:
    graph_id = graph_with(session, BOOKS)
    account, line = node("Account", ["name"], name="string"), node("Line", amount="double")
    line["properties"] = [{"name": "id", "type": "int"}, {"name": "account", "type": "string", "required": True}]
    with pytest.raises(SchemaConflict) as refused:
        extend_schema(session, graph_id, GraphSchema.parse_part({"nodes": [node("Extra"), account, line]}))
    assert problems_of(refused.value) == [
        ("nodes[1]", "Account is there already, with another key or other ends"),
        ("nodes[2].properties[0]", "Line.id is there already, as string"),
        ("nodes[2].properties[1]", "account is new, so it cannot be required: the rows there lack it"),
    ]
    assert find_graph(session, graph_id).schema == BOOKS


def test_a_new_property_may_be_required_where_it_has_a_default(session: Session) -> None:
    account = node("Account")
    account["properties"] = [
        {"name": "id", "type": "string"},
        {"name": "currency", "type": "string", "required": True, "default": "EUR"},
    ]
    merged = extend_schema(session, graph_with(session, BOOKS), GraphSchema.parse({"nodes": [account]}))
    assert merged.node("Account").property_named("currency").required


def test_a_mistake_of_the_addition_is_refused_at_its_place(session: Session) -> None:
    graph_id = graph_with(session, BOOKS)
    wrong = GraphSchema.parse_part({"relationships": [{"name": "OWNED_BY", "from": "Account", "to": "Person"}]})
    with pytest.raises(InvalidSchema) as refused:
        extend_schema(session, graph_id, wrong)
    assert problems_of(refused.value) == [("relationships[0].to", "there is no node type 'Person'")]


def test_a_graph_that_is_not_there_has_no_schema(session: Session) -> None:
    with pytest.raises(GraphNotFound):
        extend_schema(session, "kg_nowhere", GraphSchema.parse(BOOKS))
