"""Questions: in order they end in time, leave nothing behind, and reach nobody else's rows."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from knowledger.client import ApiError, Client, Graph
from tests.integration.books import SCHEMA, companies
from tests.integration.waiting import staged
from tests.stack import Stack

ENDLESS = (
    "MATCH (a:Company), (b:Company), (c:Company), (d:Company) "
    "WHERE a.revenue + b.revenue + c.revenue + d.revenue < 0 RETURN count(*) AS n"
)


@pytest.fixture(scope="module")
def books(client: Client) -> Graph:
    graph = client.graphs.create("Questions", schema=SCHEMA).result(timeout=60)
    staged(graph, "Company", "Company.csv", companies(1, 2000))
    graph.materialize().result(timeout=60)
    return graph


def test_a_question_ends_when_its_time_is_over(books: Graph) -> None:
    with pytest.raises(ApiError) as refused:
        _ = books.query(ENDLESS, timeout=1).rows
    assert (refused.value.code, refused.value.status) == ("QueryTimeout", 408)
    assert books.query("MATCH (c:Company) RETURN count(c) AS n").rows == ({"n": 2000},)


def test_whoever_hangs_up_gives_the_reader_back(books: Graph, stack: Stack) -> None:
    with ExitStack() as waiting:
        for _ in range(stack.settings.readers_per_graph):
            waiting.enter_context(asking(stack, books, ENDLESS))
        with pytest.raises(ApiError) as refused:
            ask_until_refused(books)
        assert (refused.value.code, refused.value.retryable) == ("HostBusy", True)
    assert books.query("RETURN 1 AS one", timeout=20).rows == ({"one": 1},)


def ask_until_refused(graph: Graph) -> None:
    """Questions that are put and not waited for take a moment to reach their readers."""
    for _ in range(100):
        assert graph.query("RETURN 1 AS one", timeout=1).rows


def asking(stack: Stack, graph: Graph, query: str) -> socket.socket:
    """A question that is put and not waited for."""
    address = urlsplit(stack.url)
    body = f'{{"query": "{query}", "timeout": 50}}'
    wire = socket.create_connection((address.hostname, address.port), timeout=30)
    wire.sendall(
        f"POST /v1/graphs/{graph.graph_id}/query HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {stack.api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    return wire


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:Company {company_id: 'X', name: 'X'})",
        "MATCH (c:Company) SET c.name = 'X'",
        "MATCH (c:Company) DETACH DELETE c",
        "COPY (MATCH (c:Company) RETURN c.name) TO '/data/stolen.csv'",
        "LOAD FROM '/etc/passwd' RETURN *",
        "MATCH (c:Company) RETURN c; MATCH (c:Company) RETURN c",
        "MATCH (c:Compnay) RETURN c",
        "MATCH (c:Company) RETURN c.nmae",
        "this is no Cypher",
        "",
    ],
)
def test_what_does_not_read_or_is_not_cypher_is_refused(books: Graph, http: httpx.Client, query: str) -> None:
    refused = http.post(f"graphs/{books.graph_id}/query", json={"query": query})
    assert refused.status_code == 422
    assert refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/**')",
        "SELECT * FROM '/etc/passwd'",
        "COPY Company TO '/data/stolen.csv'",
        "ATTACH '/data/other.db'",
        "SET memory_limit = '1TB'",
        "DROP VIEW Company",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM Company",
        "this is no SQL",
    ],
)
def test_sql_that_reaches_beyond_the_staging_tables_is_refused(books: Graph, http: httpx.Client, sql: str) -> None:
    refused = http.post(f"graphs/{books.graph_id}/tables/query", json={"sql": sql})
    assert refused.status_code in (403, 422)
    assert refused.json()["error"]["message"]


def test_rows_stream_however_many_they_are(books: Graph) -> None:
    rows = sum(1 for _ in books.query("MATCH (a:Company), (b:Company) WHERE b.revenue < 1 RETURN a.name AS name"))
    assert rows == 2000 * 99


def test_sql_ends_when_its_time_is_over(books: Graph) -> None:
    with pytest.raises(ApiError) as refused:
        _ = books.sql(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range < 0", timeout=1
        ).rows
    assert (refused.value.code, refused.value.status) == ("QueryTimeout", 408)
