"""Operations take turns on a graph, run side by side on two, and stop when told to."""

import gzip
from pathlib import Path

import httpx
import pytest

from knowledger.client import Client, Graph, Operation, OperationCancelled, Started
from knowledger.client.records import Staged
from tests.integration.books import COMPANIES, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged
from tests.stack import Stack

ROWS = gzip.compress(b"".join(b"C%d,Company,1.00\n" % number for number in range(60_000)))
LONG = gzip.compress(b"company_id,name,revenue\n") + ROWS * 500
"""Half a gigabyte of good rows, packed small: staging it takes longer than all that happens beside it."""


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    return new_graph(SCHEMA)


def test_operations_on_one_graph_run_one_after_the_other_in_the_order_they_came(books: Graph) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    records = [operation.wait(timeout=60) for operation in [books.materialize(rebuild=True) for _ in range(4)]]
    times = [moment for record in records for moment in (record.started_at, record.ended_at)]
    assert None not in times
    assert times == sorted(times)  # type: ignore[type-var]
    assert [record.result["number"] for record in records if record.result] == [2, 3, 4, 5]


@pytest.mark.slow
def test_a_long_operation_delays_no_other_graph_and_stops_when_told_to(
    books: Graph, new_graph: NewGraph, stack: Stack
) -> None:
    long = begun(books)
    other = new_graph(SCHEMA)
    staged(other, "Company", "Company.csv", COMPANIES)
    assert other.materialize().result(timeout=60).counts["Company"] == 3
    assert long.status().status == "running"
    long.cancel()
    with pytest.raises(OperationCancelled):
        long.result(timeout=30)
    file = books.files.list()[0]
    assert (file.layers.staged.status, file.layers.staged.rows_accepted) == ("failed", None)
    assert books.tables["Company"].record().row_count == 0
    assert no_files_below(stack.settings.scratch_directory, long.operation_id)
    assert no_files_below(stack.settings.objects_directory, long.operation_id)


def begun(graph: Graph) -> Operation[Staged]:
    """The long staging, which has started."""
    operation = graph.tables["Company"].load(LONG, name="Company.csv.gz")
    for event in operation.events(timeout=60):
        if isinstance(event, Started):
            break
    return operation


def no_files_below(directory: Path, operation_id: str) -> bool:
    return not any(
        path.is_file() for found in directory.rglob(f"{operation_id}*") for path in (found, *found.rglob("*"))
    )


@pytest.mark.slow
def test_what_waits_behind_a_cancelled_operation_runs(books: Graph) -> None:
    long = begun(books)
    waiting = books.materialize(ignore_errors=True)
    assert waiting.status().status == "pending", "a build waits for the stagings before it"
    long.cancel()
    assert waiting.result(timeout=60).counts["Company"] == 0


@pytest.mark.slow
def test_what_has_not_begun_is_cancelled_at_once(books: Graph, http: httpx.Client) -> None:
    long = begun(books)
    waiting = books.materialize()
    waiting.cancel()
    assert waiting.status().status == "cancelled"
    assert waiting.status().started_at is None
    long.cancel()
    refused = http.delete(f"operations/{waiting.operation_id}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "OperationFinished")
    assert long.wait(timeout=30).status == "cancelled"


@pytest.mark.slow
def test_what_waits_on_a_deleted_graph_fails(books: Graph) -> None:
    long = begun(books)
    waiting = books.materialize()
    books.delete()
    long.cancel()
    ended = waiting.wait(timeout=60)
    assert (ended.status, ended.error and ended.error.code) == ("failed", "GraphNotFound")


@pytest.mark.slow
def test_stagings_of_one_graph_run_beside_each_other(books: Graph) -> None:
    long = begun(books)
    assert staged(books, "Company", "more.csv", companies(1, 10)).rows_accepted == 10
    assert long.status().status == "running"
    long.cancel()
    long.wait(timeout=30)


@pytest.mark.slow
def test_operations_are_listed_newest_first(books: Graph, client: Client) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    books.materialize().result(timeout=30)
    page = client.operations.list(graph_id=books.graph_id, limit=2)
    assert [item.operation_type for item in page.operations] == ["materialize", "stage_file"]
    rest = client.operations.list(graph_id=books.graph_id, cursor=page.next_cursor)
    assert [item.operation_type for item in rest.operations] == ["create_graph"]
