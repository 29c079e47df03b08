"""A full disk: what is asked for is refused with a hint, what is there stays, and all goes on when there is space.

The whole data directory of a stack of its own lies on a small disk made for the test; its PostgreSQL is elsewhere.
Deleted graphs keep their files for a day: what a test made is collected early, so that each begins with an empty disk.
"""

import gzip
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.client import Client, Completed, Graph, Operation, OperationFailed, Retrying
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.up.postgres import EmbeddedPostgres
from tests.integration.books import SCHEMA, companies
from tests.integration.conftest import connected
from tests.integration.waiting import staged
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SIZE = 64 * 2**20
PLAIN = companies(1, 200_000)
"""About 6 MB."""


@dataclass(frozen=True)
class SmallDisk:
    path: Path

    @contextmanager
    def nearly_full(self, left_bytes: int = 0) -> Iterator["Filler"]:
        """A disk on which only so much can still be written, until the block ends or the filler is taken away."""
        filler = Filler(self.path / "filler")
        free = os.statvfs(self.path)
        filler.fill(free.f_bavail * free.f_frsize - left_bytes)
        yield filler
        filler.take_away()

    def files_in(self, name: str) -> set[str]:
        return {
            str(found.relative_to(self.path)) for found in (self.path / "home" / name).rglob("*") if found.is_file()
        }


@dataclass(frozen=True)
class Filler:
    path: Path

    def fill(self, size_bytes: int) -> None:
        with self.path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)

    def take_away(self) -> None:
        self.path.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def disk(server_directory: Path) -> Iterator[SmallDisk]:
    path = server_directory / "small-disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be made here: {mounted.stderr.strip()}")
    yield SmallDisk(path)
    subprocess.run(["umount", str(path)], check=True)


@pytest.fixture(scope="module")
def small_stack(disk: SmallDisk, postgres_server: EmbeddedPostgres) -> Iterator[Stack]:
    with psycopg.connect(postgres_server.url().replace("+psycopg", ""), autocommit=True) as link:
        link.execute("CREATE DATABASE small_disk")
    with running_stack(disk.path / "home", database_url=postgres_server.url("small_disk")) as started:
        yield started


@pytest.fixture(scope="module")
def http(small_stack: Stack) -> Iterator[httpx.Client]:
    with connected(small_stack, small_stack.api_key) as opened:
        yield opened


@pytest.fixture
def client(small_stack: Stack, disk: SmallDisk, postgres_server: EmbeddedPostgres) -> Iterator[Client]:
    """Its graphs are deleted when the test is over, and give the disk all their space back."""
    with Client(small_stack.url, small_stack.api_key) as opened:
        yield opened
        for graph in opened.graphs.list():
            opened.graphs.get(graph.graph_id).delete()
    objects = DirectoryStore(small_stack.settings.objects_directory, small_stack.settings.scratch_directory)
    database = sqlalchemy.create_engine(postgres_server.url("small_disk"))
    with Session(database) as session:
        collect_garbage(session, objects, grace=timedelta(0))
    database.dispose()
    assert disk.files_in("objects") == set()


@pytest.fixture
def books(client: Client) -> Graph:
    """A graph with twenty companies in it."""
    graph = client.graphs.create("Books", schema=SCHEMA).result(timeout=60)
    staged(graph, "Company", "first.csv", companies(1, 20))
    graph.materialize().result(timeout=60)
    return graph


@pytest.fixture
def large(client: Client) -> Graph:
    """A graph whose copies take more space than a nearly full disk has."""
    graph = client.graphs.create("Large", schema=SCHEMA).result(timeout=60)
    staged(graph, "Company", "large.csv", companies(1, 60_000))
    graph.materialize().result(timeout=60)
    return graph


def count(graph: Graph) -> object:
    return graph.query("MATCH (c:Company) RETURN count(c) AS n").rows[0]["n"]


def test_an_upload_is_refused_and_leaves_nothing(books: Graph, http: httpx.Client, disk: SmallDisk) -> None:
    before = disk.files_in("objects")
    where = f"graphs/{books.graph_id}/files?name=Company.csv&stage=false"
    with disk.nearly_full(left_bytes=2 * 2**20):
        refused = http.post(where, content=PLAIN)
        assert refused.status_code == 507
        error = refused.json()["error"]
        assert (error["code"], error["retryable"]) == ("DiskFull", True)
        assert "Free some space" in error["hint"]
        assert [file.file_name for file in books.files.list()] == ["first.csv"]
        assert (disk.files_in("objects"), disk.files_in("scratch")) == (before, set())
    assert http.post(where, content=PLAIN).status_code == 201


@pytest.mark.parametrize("name", ["packed.csv.gz", "plain.csv", "bad.csv", "lines.jsonl"])
def test_a_staging_fails_and_leaves_nothing(books: Graph, disk: SmallDisk, name: str) -> None:
    content = {
        "packed.csv.gz": gzip.compress(PLAIN),
        "plain.csv": PLAIN,
        "bad.csv": PLAIN + b"N1\n",
        "lines.jsonl": b"".join(b'{"company_id": "J%d", "name": "Company"}\n' % number for number in range(100_000)),
    }[name]
    file = books.files.upload(content, name=name, table="Company", stage=False).file
    before = disk.files_in("objects")
    with disk.nearly_full(left_bytes=2**18):
        with pytest.raises(OperationFailed) as failed:
            books.files.stage(file.file_id).result(timeout=90)
        assert (failed.value.code, failed.value.retryable) == ("DiskFull", True)
        assert "Free some space" in str(failed.value.hint)
        assert (disk.files_in("objects"), disk.files_in("scratch")) == (before, set())
        assert books.files.get(file.file_id).layers.staged.status == "failed"
        assert books.tables["Company"].record().row_count == 20
    assert books.files.stage(file.file_id).result(timeout=90).rows_accepted >= 100_000


def test_a_build_fails_and_the_graph_stays_as_it_is(books: Graph, disk: SmallDisk) -> None:
    staged(books, "Company", "second.csv", companies(21, 100_000))
    generation, before = books.record().generation, disk.files_in("objects")
    for rebuild in (False, True):
        with disk.nearly_full(left_bytes=2**20):
            with pytest.raises(OperationFailed) as failed:
                books.materialize(rebuild=rebuild).result(timeout=90)
            assert (failed.value.code, failed.value.retryable) == ("DiskFull", True)
            assert (disk.files_in("objects"), disk.files_in("scratch")) == (before, set())
            assert books.record().generation == generation
            assert count(books) == 20, "what is there is asked as before"
            assert books.sql("SELECT count(*) AS n FROM Company").rows == ({"n": 100_000},)
    assert books.materialize().result(timeout=90).counts["Company"] == 100_000
    assert count(books) == 100_000


def disk_full(operation: Operation[object]) -> None:
    with pytest.raises(OperationFailed) as failed:
        operation.result(timeout=90)
    assert (failed.value.code, failed.value.retryable) == ("DiskFull", True)
    assert "Free some space" in str(failed.value.hint)


def test_what_copies_a_graph_fails_and_everything_stays_as_it_is(large: Graph, disk: SmallDisk) -> None:
    """A backup, its verification and restore into new and old graphs, an export, and a fork that has to be built."""
    made = large.backups.create().result(timeout=90)
    copies: tuple[Callable[[], Operation[Any]], ...] = (
        large.backups.create,
        partial(large.backups.verify, made.backup_id),
        partial(large.backups.restore, made.backup_id, to="Restored"),
        partial(large.backups.restore, made.backup_id, confirm="Large"),
        partial(large.backups.export, "csv"),
        partial(large.subgraphs.create, "part", fork=True, tables=["Company"]),
    )
    generation, before = large.record().generation, disk.files_in("objects")
    for copy in copies:
        with disk.nearly_full(left_bytes=2**18):
            disk_full(copy())
        assert (disk.files_in("objects"), disk.files_in("scratch")) == (before, set())
        assert large.record().generation == generation
    assert [item.backup_id for item in large.backups.list()] == [made.backup_id]
    assert large.subgraphs.list() == ()
    for copy in copies:
        copy().result(timeout=90)
    assert count(large) == 60_000


def test_a_staging_goes_on_by_itself_when_space_comes_back(books: Graph, disk: SmallDisk) -> None:
    file = books.files.upload(PLAIN, name="later.csv", table="Company", stage=False).file
    with disk.nearly_full(left_bytes=2**18) as filler:
        operation = books.files.stage(file.file_id)
        for event in operation.events(timeout=90):
            if isinstance(event, Retrying):
                assert event.code == "DiskFull"
                filler.take_away()
        assert isinstance(event, Completed)
    assert operation.result().rows_accepted == 200_000


def test_a_graph_is_made_when_there_is_space(client: Client, disk: SmallDisk) -> None:
    with disk.nearly_full():
        with pytest.raises(OperationFailed) as failed:
            client.graphs.create("No space", schema=SCHEMA).result(timeout=90)
        assert failed.value.code == "DiskFull"
        assert "No space" not in [graph.name for graph in client.graphs.list()]
    assert client.graphs.create("Space", schema=SCHEMA).result(timeout=60).record().name == "Space"
