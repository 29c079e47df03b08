"""What bad input gets: the good rows go on, every other is told by its place, its value and the rule it breaks.

Whatever comes of a file, read = accepted + rejected, and nothing of the server's inside is shown.
"""

import gzip
from dataclasses import dataclass

import pytest

from knowledger.client import Client, Graph
from knowledger.client.records import FileRecord, OperationRecord, Reject
from tests.integration.bad_files import CASES, GOOD, HEAD, Refused, Rejected, Told, row
from tests.integration.books import SCHEMA
from tests.integration.conftest import NewGraph
from tests.integration.leaks import refuse_leaks


@dataclass(frozen=True)
class Found:
    """What came of a file, wherever it is told."""

    record: OperationRecord
    file: FileRecord
    rejects: tuple[Reject, ...]


def what_comes_of(graph: Graph, files: dict[str, tuple[str, bytes]], on_error: str = "continue") -> dict[str, Found]:
    """Upload all files, stage them together, and gather what is told of each."""
    uploads = {
        case: graph.files.upload(content, name=name, table="Company", on_error=on_error)
        for case, (name, content) in files.items()
    }
    ended = {
        case: graph.files.staging(upload.operation).wait(timeout=150)
        for case, upload in uploads.items()
        if upload.operation is not None
    }
    stands = {file.file_id: file for file in graph.files.list()}
    told = graph.tables["Company"].rejects(limit=1000).rejects
    return {
        case: Found(
            ended[case],
            stands[upload.file.file_id],
            tuple(item for item in told if item.file_id == upload.file.file_id),
        )
        for case, upload in uploads.items()
    }


@pytest.fixture(scope="module")
def books(client: Client) -> Graph:
    return client.graphs.create("Bad input", schema=SCHEMA).result(timeout=60)


@pytest.fixture(scope="module")
def found(books: Graph) -> dict[str, Found]:
    return what_comes_of(books, {case: (name, content) for case, (name, content, _) in CASES.items()})


@pytest.mark.parametrize("case", [case for case, (_, _, due) in CASES.items() if isinstance(due, Rejected)])
def test_rows_that_do_not_fit_are_told_and_the_others_go_on(found: dict[str, Found], case: str) -> None:
    assert rejected(found[case]) == CASES[case][2]


def rejected(found: Found) -> Rejected:
    result, layer = found.record.result, found.file.layers.staged
    assert result is not None, found.record.error
    assert result["rows_read"] == layer.rows_read == layer.rows_accepted + len(found.rejects)  # type: ignore[operator]
    assert result["rows_accepted"] == layer.rows_accepted
    assert result["rows_rejected"] == layer.rows_rejected == sum(layer.rejects_by_rule.values()) == len(found.rejects)
    assert result["rejects_by_rule"] == layer.rejects_by_rule
    for item in found.rejects:
        refuse_leaks(item.reason)
        assert item.file_name == found.file.file_name
        assert item.column is None or item.reason.startswith(f"{item.column}: ")
    told = (Told(item.line or item.row or 0, item.column, item.value, item.rule) for item in found.rejects)
    return Rejected(layer.rows_accepted or 0, tuple(told))


@pytest.mark.parametrize("case", [case for case, (_, _, due) in CASES.items() if isinstance(due, Refused)])
def test_a_file_that_cannot_be_read_is_refused_whole(found: dict[str, Found], case: str) -> None:
    due = CASES[case][2]
    assert isinstance(due, Refused)
    assert due.missing_from(refusal(found[case])) == []


def refusal(found: Found) -> str:
    error, layer = found.record.error, found.file.layers.staged
    assert error is not None, found.record.result
    refuse_leaks(f"{error.message} {error.hint} {error.details}")
    assert (layer.status, layer.rows_accepted, found.rejects) == ("failed", None, ())
    return f"{error.code}: {error.message}"


def test_the_table_counts_what_its_files_count(books: Graph, found: dict[str, Found]) -> None:
    layers = [item.file.layers.staged for item in found.values() if item.file.layers.staged.status == "ready"]
    table = books.tables["Company"].record()
    assert table.row_count == sum(layer.rows_accepted or 0 for layer in layers)
    assert table.rejected_count == sum(layer.rows_rejected or 0 for layer in layers)
    assert books.tables["Company"].rejects(limit=1).total == table.rejected_count


def test_rejects_of_one_file_are_asked_page_by_page(books: Graph, found: dict[str, Found]) -> None:
    file = found["JSON lines of which one is broken"].file
    pages = [books.tables["Company"].rejects(file_id=file.file_id, limit=1, offset=offset) for offset in range(2)]
    assert [(page.total, page.rejects[0].line) for page in pages] == [(2, 2), (2, 3)]


def test_with_on_error_fail_nothing_goes_on_and_the_first_bad_rows_are_told(new_graph: NewGraph) -> None:
    content = HEAD + GOOD + row(employees="x") + row(founded="y")
    strict = what_comes_of(new_graph(SCHEMA), {"strict": ("strict.csv", content)}, on_error="fail")["strict"]
    assert refusal(strict).startswith(
        "RowsRejected: 2 of 3 rows of strict.csv do not fit table Company; the first, line 3: employees"
    )
    assert strict.record.error is not None
    assert strict.record.error.details["rejects_by_rule"] == {"wrong_type": 2}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_line_of_a_gigabyte_is_one_rejected_row(new_graph: NewGraph) -> None:
    """Packed, so that the test need not make it."""
    long = gzip.compress(b"x" * 10_000_000) * 100
    content = gzip.compress(HEAD + GOOD + b"X1,") + long + gzip.compress(b"\n" + GOOD)
    found = what_comes_of(new_graph(SCHEMA), {"long": ("long.csv.gz", content)})["long"]
    assert rejected(found) == Rejected(2, (Told(3, None, None, "line_too_long"),))


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_bomb_is_stopped(new_graph: NewGraph) -> None:
    bomb = gzip.compress(b"0" * 10_000_000) * 300
    found = what_comes_of(new_graph(SCHEMA), {"bomb": ("bomb.csv.gz", bomb)})["bomb"]
    assert refusal(found).startswith("ExpandsTooFar: bomb.csv.gz unpacks to more than")
