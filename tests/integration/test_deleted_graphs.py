"""Deleting a graph and having it back: within a day as it was, or for longer from a last backup."""

import os
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.client import ApiError, Client, Graph
from knowledger.client.json import JsonObject
from knowledger.domain.graphs.collect import collect_garbage
from tests.integration.books import COMPANIES, OWNS, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged
from tests.stack import Stack

COUNT = "MATCH (c:Company) RETURN count(c) AS n"
LATER = "UPDATE graphs SET deleted_at = deleted_at - interval '2 days' WHERE id = :id OR parent_id = :id"


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "companies.csv", COMPANIES)
    staged(graph, "OWNS", "owns.csv", OWNS)
    graph.materialize().result(timeout=60)
    return graph


def companies_in(graph: Graph) -> object:
    return graph.query(COUNT).rows[0]["n"]


def code_of(refused: pytest.ExceptionInfo[ApiError]) -> str:
    return refused.value.code


def two_days_later(stack: Stack, graph: Graph) -> None:
    """The collector runs as it does when the grace period is over, for this graph alone."""
    ago = time.time() - timedelta(days=2).total_seconds()
    for path in (stack.settings.objects_directory / "graphs" / graph.graph_id).rglob("*"):
        os.utime(path, (ago, ago))
    with Session(stack.database) as session:
        session.execute(text(LATER), {"id": graph.graph_id})
        collect_garbage(session, DirectoryStore(stack.settings.objects_directory, stack.settings.scratch_directory))


def test_a_deleted_graph_comes_back_as_it_was_with_its_subgraphs(client: Client, books: Graph) -> None:
    fork = books.subgraphs.create("trial", fork=True).result(timeout=60)
    books.subgraphs.create("gone").result(timeout=60)
    books.subgraphs.delete("gone")
    books.delete()
    assert books.graph_id in [item.graph_id for item in client.graphs.deleted()]
    assert client.graphs.undelete(books.graph_id).graph_id == books.graph_id
    assert (companies_in(books), companies_in(fork)) == (3, 3)
    assert [item.subgraph_name for item in books.subgraphs.list()] == ["trial"]
    staged(books, "Company", "more.csv", companies(1, 5))
    assert books.materialize().result(timeout=60).counts["Company"] == 8
    with pytest.raises(ApiError) as refused:
        client.graphs.undelete(books.graph_id)
    assert code_of(refused) == "DeletedGraphNotFound"


@pytest.mark.slow
def test_a_subgraph_comes_back_where_its_parent_is_and_its_name_is_free(client: Client, books: Graph) -> None:
    fork = books.subgraphs.create("trial", fork=True).result(timeout=60)
    books.subgraphs.delete("trial")
    other = books.subgraphs.create("trial").result(timeout=60)
    with pytest.raises(ApiError) as refused:
        client.graphs.undelete(fork.graph_id)
    assert code_of(refused) == "SubgraphNameTaken"
    other.delete()
    tree: JsonObject = {"nodes": [{"name": "Tree", "key": ["id"], "properties": [{"name": "id", "type": "int"}]}]}
    books.schema.extend(tree)
    client.graphs.undelete(fork.graph_id)
    assert (fork.schema.get(), companies_in(fork)) == (books.schema.get(), 3)
    assert fork.record().stale_reason == "The schema has grown."
    books.subgraphs.delete("trial")
    books.delete()
    with pytest.raises(ApiError) as refused:
        client.graphs.undelete(fork.graph_id)
    assert code_of(refused) == "ParentIsDeleted"


@pytest.mark.slow
def test_a_last_backup_outlives_its_graph(client: Client, stack: Stack, books: Graph) -> None:
    books.subgraphs.create("trial", fork=True).result(timeout=60)
    ordinary = books.backups.create().result(timeout=60)
    gone = books.delete_with_backup(keep_days=3).result(timeout=60)
    assert len(gone.backups) == 2
    with pytest.raises(ApiError) as refused:
        books.record()
    assert code_of(refused) == "GraphNotFound"
    two_days_later(stack, books)
    there = stack.settings.objects_directory / "graphs" / books.graph_id
    assert [path.stem for path in there.rglob("*.*")] == [gone.backups[books.graph_id]]
    assert ordinary.backup_id not in gone.backups.values()
    [deleted] = [item for item in client.graphs.deleted() if item.graph_id == books.graph_id]
    assert deleted.last_backup is not None
    assert deleted.last_backup.backup_id == gone.backups[books.graph_id]
    with pytest.raises(ApiError) as refused:
        client.graphs.undelete(books.graph_id)
    assert code_of(refused) == "GraceIsOver"
    restored = client.graphs.restore_last(books.graph_id, to="Books again").result(timeout=60)
    again = client.graphs.get(restored.graph_id)
    assert (again.record().name, companies_in(again)) == ("Books again", 3)


@pytest.mark.slow
def test_nothing_is_left_of_a_graph_when_its_last_backup_has_expired(
    client: Client, stack: Stack, books: Graph
) -> None:
    books.delete_with_backup().result(timeout=60)
    with stack.database.begin() as connection:
        expired = "UPDATE backups SET expires_at = now() - interval '2 days' WHERE graph_id = :id"
        connection.execute(text(expired), {"id": books.graph_id})
    two_days_later(stack, books)
    with stack.database.connect() as connection:
        found = connection.execute(text("SELECT id FROM graphs WHERE id = :id"), {"id": books.graph_id}).all()
    assert found == []
    assert not list((stack.settings.objects_directory / "graphs" / books.graph_id).rglob("*.*"))
    with pytest.raises(ApiError) as refused:
        client.graphs.restore_last(books.graph_id)
    assert code_of(refused) == "DeletedGraphNotFound"


def test_a_graph_deleted_without_a_last_backup_has_none(client: Client, books: Graph) -> None:
    books.backups.create().result(timeout=60)
    books.delete()
    with pytest.raises(ApiError) as refused:
        client.graphs.restore_last(books.graph_id)
    assert code_of(refused) == "NoLastBackup"


@pytest.mark.slow
def test_a_subgraph_is_deleted_with_a_last_backup(client: Client, books: Graph) -> None:
    fork = books.subgraphs.create("trial", fork=True).result(timeout=60)
    staged(fork, "Company", "more.csv", companies(1, 5))
    fork.materialize().result(timeout=60)
    books.subgraphs.delete_with_backup("trial").result(timeout=60)
    assert books.subgraphs.list() == ()
    restored = client.graphs.restore_last(fork.graph_id).result(timeout=60)
    assert (restored.counts["Company"], companies_in(books)) == (8, 3)


def test_strangers_find_no_deleted_graph(stranger: httpx.Client, books: Graph) -> None:
    books.delete()
    assert books.graph_id not in stranger.get("deleted-graphs").text
    assert stranger.get("deleted-graphs").status_code == 200


@pytest.fixture
def downloaded(books: Graph, tmp_path: Path) -> Path:
    made = books.backups.create().result(timeout=60)
    books.backups.download(made.backup_id, tmp_path / "books.knbackup")
    return tmp_path / "books.knbackup"


@pytest.mark.slow
def test_a_downloaded_backup_is_taken_in_and_restored(new_graph: NewGraph, downloaded: Path) -> None:
    graph = new_graph(None)
    taken_in = graph.backups.upload(downloaded)
    assert graph.backups.upload(downloaded).backup_id == taken_in.backup_id, "twice is once"
    assert graph.backups.verify(taken_in.backup_id, deep=True).result(timeout=60).sound
    graph.backups.restore(taken_in.backup_id, confirm="Integration").result(timeout=60)
    assert companies_in(graph) == 3


def refused_upload(graph: Graph, path: Path, content: bytes) -> ApiError:
    path.write_bytes(content)
    with pytest.raises(ApiError) as refused:
        graph.backups.upload(path)
    return refused.value


def test_a_file_that_is_no_whole_backup_is_refused(books: Graph, downloaded: Path) -> None:
    content = downloaded.read_bytes()
    flipped = bytearray(content)
    flipped[-100] ^= 1
    for wrong in (b"", b"company_id,name\n", content[:-1], content + b"1", bytes(flipped), content[:200]):
        error = refused_upload(books, downloaded, wrong)
        assert (error.status, error.code) == (422, "BackupFileRefused")
    assert len(books.backups.list()) == 1


@pytest.mark.slow
def test_a_backup_of_another_key_says_which_key_it_needs(books: Graph, downloaded: Path) -> None:
    theirs = rewritten(downloaded, b'"key_id":"', b'"key_id":"other-')
    error = refused_upload(books, downloaded, theirs)
    assert (error.status, error.code) == (409, "BackupKeyUnknown")
    assert "other-" in str(error)
    assert "KNOWLEDGER_BACKUP_KEYS" in str(error.hint)


def rewritten(path: Path, old: bytes, new: bytes) -> bytes:
    """The file with another text in its head, whose length stands before it."""
    content = path.read_bytes()
    length = int.from_bytes(content[8:12], "big")
    head = content[12 : 12 + length].replace(old, new)
    return content[:8] + len(head).to_bytes(4, "big") + head + content[12 + length :]


@pytest.mark.slow
def test_a_backup_file_opens_nothing_in_strange_hands(stranger: httpx.Client, downloaded: Path) -> None:
    made = stranger.post("graphs", json={"name": "Theirs"}).json()
    stranger.get(f"operations/{made['operation_id']}/stream").raise_for_status()
    answer = stranger.post(f"graphs/{made['graph_id']}/backups/import", content=downloaded.read_bytes())
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ForeignBackup")
