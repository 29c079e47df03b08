"""All extensions at once in a real, empty generation, as Cypher sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledger.domain.graphs.engine import BuildRequest
from knowledger.domain.graphs.extension import compose, load_extensions
from knowledger.engine.build.graph_file import GraphFile
from knowledger.engine.build.job import build_generation
from knowledger.engine.build.request import BuildJob
from knowledger.engine.guard.cypher import check_cypher

SCHEMA = compose(load_extensions())
MEMORY_BYTES = 512 * 2**20


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("generation")
    path = directory / "graph.lbug"
    request = BuildRequest(SCHEMA, (), path, directory / "rejects.parquet", directory)
    build_generation(BuildJob(request, MEMORY_BYTES, threads=2).as_json(), lambda _: None)
    return path


@pytest.fixture
def graph(generation: Path) -> Iterator[GraphFile]:
    with GraphFile(generation, buffer_pool_bytes=128 * 2**20, threads=1, read_only=False) as graph:
        yield graph


def test_a_generation_of_all_types_is_built_and_empty(graph: GraphFile) -> None:
    assert graph.rows("MATCH (n) RETURN count(*)") == [[0]]
    assert graph.rows("MATCH ()-[r]->() RETURN count(*)") == [[0]]


def test_no_name_needs_quotes_in_a_query(graph: GraphFile) -> None:
    for node in SCHEMA.nodes:
        statement = f"MATCH (n:{node.name}) RETURN {', '.join(f'n.{item.name}' for item in node.properties)}"
        check_cypher(statement)
        assert graph.rows(statement) == []
    for item in SCHEMA.relationships:
        wanted = ", ".join(f"r.{part.name}" for part in item.properties) or "r"
        statement = f"MATCH (:{item.from_node})-[r:{item.name}]->(:{item.to_node}) RETURN {wanted}"
        check_cypher(statement)
        assert graph.rows(statement) == []


def test_balances_add_up_to_the_cent(graph: GraphFile) -> None:
    graph.rows(
        """
        CREATE (cash:Account {account_id: '1000', code: '1000', name: 'Cash', account_type: 'asset'}),
               (sales:Account {account_id: '4000', code: '4000', name: 'Sales', account_type: 'revenue'}),
               (:LineItem {line_item_id: '1', debit: 0.10, credit: 0.00})-[:POSTED_TO]->(cash),
               (:LineItem {line_item_id: '2', debit: 0.20, credit: 0.00})-[:POSTED_TO]->(cash),
               (:LineItem {line_item_id: '3', debit: 0.00, credit: 0.30})-[:POSTED_TO]->(sales)
        """
    )
    statement = (
        "MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem) "
        "RETURN a.code, list_sum(collect(l.debit - l.credit)) AS balance ORDER BY a.code"
    )
    check_cypher(statement)
    assert [[code, str(balance)] for code, balance in graph.rows(statement)] == [["1000", "0.300"], ["4000", "-0.300"]]
