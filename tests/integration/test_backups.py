"""Backups on the whole stack: what comes back is what went in, by counts and by digests, and it lives on."""

import csv
import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from knowledger.client import ApiError, Client, Graph, OperationFailed
from knowledger.client.backups import BackedUp
from knowledger.client.json import JsonObject
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.backups.manifest import Head
from tests.integration.books import COMPANIES, OWNS, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged
from tests.stack import Stack

ACCOUNTS = b"""\
bank,number,company_id,opened,tags
B,1,C1,2020-01-02T03:04:05,"[""a"",""b""]"
B,2,C9,,
C,1,,2021-12-31T23:59:59.5,
"""
ALL = "MATCH (c:Company) RETURN c.company_id, c.name, c.revenue ORDER BY c.company_id"


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    """Companies, what they own of each other, and accounts, one of them of a company that is not there."""
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "companies.csv", COMPANIES)
    staged(graph, "OWNS", "owns.csv", OWNS)
    staged(graph, "Account", "accounts.csv", ACCOUNTS)
    graph.materialize(ignore_errors=True).result(timeout=60)
    return graph


def backed_up(graph: Graph, kind: str = "full") -> BackedUp:
    made = graph.backups.create(kind=kind).result(timeout=60)
    verdict = graph.backups.verify(made.backup_id, deep=True).result(timeout=60)
    assert (verdict.sound, verdict.problems, verdict.deep) == (True, (), True)
    return made


def digests(stack: Stack, backup_id: str) -> JsonObject:
    with stack.database.connect() as connection:
        found: JsonObject = connection.execute(
            text("SELECT manifest -> 'digests' FROM backups WHERE id = :id"), {"id": backup_id}
        ).scalar_one()
        return found


@pytest.mark.parametrize("kind", ["full", pytest.param("logical", marks=pytest.mark.slow)])
def test_a_restored_graph_is_the_same_and_lives_on(client: Client, stack: Stack, books: Graph, kind: str) -> None:
    made = backed_up(books, kind)
    restored = books.backups.restore(made.backup_id, to="Restored").result(timeout=60)
    graph = client.graphs.get(restored.graph_id)
    assert restored.counts == made.counts == {"Company": 3, "Account": 3, "OWNS": 2, "HELD_BY": 1}
    assert (restored.in_place, restored.rebuilt, graph.record().name) == (False, kind == "logical", "Restored")
    assert graph.query(ALL).rows == books.query(ALL).rows
    rows, rows_restored = (digests(stack, backed_up(item, "logical").backup_id) for item in (books, graph))
    assert rows.keys() == made.counts.keys()
    assert rows_restored == rows
    assert graph.materialize_status().is_stale is False
    assert [file.layers.graph.status for file in graph.files.list()] == ["current"] * 3

    staged(graph, "Company", "more.csv", companies(1, 5))
    assert graph.materialize().result(timeout=60).counts["Company"] == 8
    owns = next(file for file in graph.files.list() if file.table_name == "OWNS")
    graph.files.stage(owns.file_id).result(timeout=60)
    graph.files.delete(owns.file_id)
    assert graph.materialize().result(timeout=60).counts["OWNS"] == 0
    assert books.query("MATCH ()-[o:OWNS]->() RETURN count(*) AS n").rows == ({"n": 2},)


@pytest.mark.slow
def test_restoring_in_place_takes_the_graph_and_its_files_back(books: Graph) -> None:
    made = backed_up(books)
    before = books.query(ALL).rows
    staged(books, "Company", "more.csv", companies(1, 5))
    books.materialize().result(timeout=60)
    with pytest.raises(ApiError) as refused:
        books.backups.restore(made.backup_id, confirm="another name")
    assert refused.value.code == "RestoreNotConfirmed"
    done = books.backups.restore(made.backup_id, confirm="Integration").result(timeout=60)
    assert (done.in_place, done.graph_id) == (True, books.graph_id)
    assert (done.counts_before["Company"], done.counts["Company"]) == (8, 3)
    assert books.query(ALL).rows == before
    assert sorted(file.file_name for file in books.files.list()) == [
        "accounts.parquet", "companies.parquet", "owns.parquet"
    ]  # fmt: skip
    assert books.materialize(rebuild=True).result(timeout=60).counts == done.counts


@pytest.mark.slow
def test_a_backup_is_of_the_generation_that_was_current(books: Graph) -> None:
    made = books.backups.create()
    staged(books, "Company", "more.csv", companies(1, 500))
    books.materialize().result(timeout=60)
    assert made.result(timeout=60).counts["Company"] in (3, 503)


@pytest.mark.slow
def test_a_download_opens_with_the_key_and_nothing_else(stack: Stack, books: Graph, tmp_path: Path) -> None:
    made = backed_up(books)
    books.backups.download(made.backup_id, tmp_path / "books.knbackup")
    content = (tmp_path / "books.knbackup").read_bytes()
    assert b"Alder" not in content
    keys = KeyRing.parse((stack.settings.home / "backup-keys").read_text())
    with (tmp_path / "books.knbackup").open("rb") as source:
        head = Head.read(source)
        assert head.manifest.counts == made.counts
        assert len(keys.unwrap(head.key, head.manifest.canonical)) == 32
    assert (stack.settings.home / "backup-keys").stat().st_mode & 0o777 == 0o600


def test_a_damaged_backup_is_found_and_not_restored(stack: Stack, books: Graph) -> None:
    made = backed_up(books)
    [stored] = (stack.settings.objects_directory / "graphs" / books.graph_id / "backups").rglob("*.knbackup")
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    verdict = books.backups.verify(made.backup_id).result(timeout=60)
    assert verdict.sound is False
    assert books.backups.get(made.backup_id).verified_at is None
    with pytest.raises(OperationFailed) as failed:
        books.backups.restore(made.backup_id, confirm="Integration").result(timeout=60)
    assert failed.value.code == "BackupDamaged"
    assert len(books.query(ALL).rows) == 3


@pytest.mark.slow
def test_a_manifest_that_was_changed_opens_nothing(stack: Stack, books: Graph) -> None:
    made = backed_up(books)
    with stack.database.begin() as connection:
        changed = text("UPDATE backups SET manifest = jsonb_set(manifest, '{counts,Company}', '4') WHERE id = :id")
        connection.execute(changed, {"id": made.backup_id})
    verdict = books.backups.verify(made.backup_id).result(timeout=60)
    assert (verdict.sound, len(verdict.problems)) == (False, 1)


@pytest.mark.slow
def test_a_graph_whose_file_has_changed_is_not_backed_up(stack: Stack, books: Graph) -> None:
    with stack.database.connect() as connection:
        key = "SELECT object_key FROM generations JOIN graphs ON generation_id = generations.id WHERE graphs.id = :id"
        sealed = connection.execute(text(key), {"id": books.graph_id}).scalar_one()
    path = stack.settings.objects_directory / sealed
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(OperationFailed) as failed:
        books.backups.create().result(timeout=60)
    assert failed.value.code == "GenerationDamaged"
    assert books.backups.list() == ()
    books.materialize(rebuild=True).result(timeout=60)
    backed_up(books)


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["parquet", "csv", "json"])
def test_an_export_holds_every_row(books: Graph, tmp_path: Path, format_: str) -> None:
    done = books.backups.export(format_).result(timeout=60)
    books.backups.download(done.backup_id, tmp_path / "books.zip")
    with zipfile.ZipFile(tmp_path / "books.zip") as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == set(done.files)
        assert json.loads(archive.read("schema.json"))["name"] == "books"
        if format_ == "csv":
            rows = list(csv.DictReader(io.StringIO(archive.read("Company.csv").decode())))
            assert sorted(row["revenue"] for row in rows) == ["-3.10", "1200.50", "99999999.99"]
    assert done.counts == {"Company": 3, "Account": 3, "OWNS": 2, "HELD_BY": 1}
    with pytest.raises(ApiError) as refused:
        books.backups.verify(done.backup_id)
    assert refused.value.code == "NotABackup"


@pytest.mark.slow
def test_backups_are_listed_thinned_out_and_deleted(books: Graph) -> None:
    first, second = backed_up(books), books.backups.create(retention_days=1).result(timeout=60)
    assert [item.backup_id for item in books.backups.list()] == [second.backup_id, first.backup_id]
    assert books.backups.get(second.backup_id).expires_at is not None
    thinned = books.backups.thin_out(hourly=1, daily=0, weekly=0, monthly=0, dry_run=True)
    assert (thinned.kept, thinned.deleted) == ((second.backup_id, first.backup_id), ())
    books.backups.delete(second.backup_id)
    assert [item.backup_id for item in books.backups.list()] == [first.backup_id]


@pytest.mark.slow
def test_a_graph_without_anything_is_backed_up_too(new_graph: NewGraph, client: Client) -> None:
    graph = new_graph(SCHEMA)
    restored = graph.backups.restore(backed_up(graph).backup_id).result(timeout=60)
    assert client.graphs.get(restored.graph_id).record().name == "Integration (restored)"
    assert set(restored.counts.values()) == {0}


def test_a_stranger_gets_nothing(stranger: httpx.Client, books: Graph) -> None:
    made = backed_up(books)
    base = f"graphs/{books.graph_id}/backups/{made.backup_id}"
    assert {stranger.get(where).status_code for where in (base, f"{base}/download")} == {404}
    assert stranger.post(f"{base}/restore", json={}).status_code == 404
