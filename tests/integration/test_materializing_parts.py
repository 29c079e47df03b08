"""Materializing some tables, and seeing what a materialization would do before it does it."""

import pytest

from knowledger.client import ApiError, Graph
from knowledger.client.records import TableChange
from tests.integration.books import COMPANIES, OWNS, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "Company.csv", COMPANIES)
    staged(graph, "OWNS", "owns.csv", OWNS)
    graph.materialize().result(timeout=60)
    return graph


def test_only_the_named_tables_are_taken_in(books: Graph) -> None:
    staged(books, "OWNS", "more.csv", b"owner,owned,share\nC3,C1,1.00\n")
    staged(books, "Company", "more.csv", companies(1, 5))
    part = books.materialize(tables=["Company"]).result(timeout=60)
    assert (part.counts["Company"], part.counts["OWNS"], part.appended) == (8, 2, True)
    assert (books.record().is_stale, len(books.materialize_status().files_added)) == (True, 1)
    rest = books.materialize(tables=["OWNS"]).result(timeout=60)
    assert (rest.counts["Company"], rest.counts["OWNS"], rest.appended) == (8, 3, True)
    assert books.record().is_stale is False


def test_what_is_deleted_of_other_tables_stays_until_its_turn(books: Graph) -> None:
    owns, company = books.files.list()
    books.files.delete(owns.file_id)
    staged(books, "Company", "more.csv", companies(1, 5))
    assert books.materialize(tables=["Company"], rebuild=True).result(timeout=60).counts["OWNS"] == 2
    assert books.materialize_status().files_removed == (owns.file_id,)
    assert books.materialize().result(timeout=60).counts["OWNS"] == 0
    assert company.file_id in {file.file_id for file in books.files.list()}


def test_a_dry_run_says_what_would_change_and_changes_nothing(books: Graph) -> None:
    assert books.materialize_plan().method == "nothing"
    owns = books.files.list()[0].file_id
    more = staged(books, "Company", "more.csv", companies(1, 5)).file_id
    plan = books.materialize_plan()
    assert (plan.method, plan.files_added, plan.files_removed) == ("append", (more,), ())
    assert plan.tables == (TableChange("Company", 5, 0),)
    books.files.delete(owns)
    plan = books.materialize_plan()
    assert (plan.method, plan.files_removed, plan.staged_rows) == ("rebuild", (owns,), 8)
    assert plan.tables == (TableChange("Company", 5, 0), TableChange("OWNS", 0, 2))
    assert books.materialize_plan(tables=["Company"]).method == "append"
    generation = books.record().generation
    assert generation is not None
    assert generation.number == 2
    assert not [item for item in books.materialize_plan(rebuild=True).tables if item.table_name == "Account"]


def test_a_table_that_is_not_there_is_refused_at_once(books: Graph) -> None:
    for ask in (books.materialize, books.materialize_plan):
        with pytest.raises(ApiError) as refused:
            ask(tables=["Compnay"])
        assert refused.value.code == "UnknownTable"
