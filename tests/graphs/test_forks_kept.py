"""Files that a fork names, or that a current generation was built of, stay whatever else is deleted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.billing.tiers import TierLimit
from knowledger.domain.graphs.catalogue import delete_graph
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.domain.graphs.fork import fork_of, record_fork
from knowledger.domain.operations.claim import Claim
from knowledger.domain.tables.files import Part, add_part
from knowledger.kernel.clock import utc_now
from knowledger.models import File, FilePart, Generation, Graph, Organization, Staging

UPLOAD, ROWS, GRAPH = ("graphs/kg_1/uploads/one", "graphs/kg_1/staged/one.parquet", "graphs/kg_1/generations/one")
HELD = Claim("op_2", "org_1", None, "kg_1", "create_subgraph", {}, 1, 1, utc_now(), timedelta(minutes=1))


@pytest.fixture
def objects(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "objects", tmp_path / "scratch")
    for key in (UPLOAD, ROWS, GRAPH):
        with store.scratch("test") as scratch:
            (scratch / "file").write_bytes(b"bytes")
            store.put(key, scratch / "file")
    return store


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A graph with one staged file, which its current generation was built of."""
    engine = create_engine(database_url)
    with Session(engine) as session:
        session.add(Organization(id="org_1", name="One"))
        session.flush()
        session.add(Graph(id="kg_1", organization_id="org_1", name="Graph", tier="standard", schema={}))
        session.flush()
        session.add(File(id="file_1", graph_id="kg_1", name="a.csv", format="csv", completed_at=utc_now()))
        session.flush()
        session.add(FilePart(file_id="file_1", offset=0, size_bytes=5, object_key=UPLOAD))
        session.add(staging())
        session.add(generation())
        session.flush()
        session.get_one(File, "file_1").staging_id = "stg_1"
        session.get_one(Graph, "kg_1").generation_id = "gen_1"
        session.commit()
        yield session
    engine.dispose()


def staging() -> Staging:
    return Staging(
        id="stg_1",
        file_id="file_1",
        table_name="A",
        rows_key=ROWS,
        rejects_key=ROWS,
        rows_read=1,
        rows_accepted=1,
        rows_rejected=0,
        rejects_by_rule={},
        size_bytes=5,
        operation_id="op_1",
    )


def generation() -> Generation:
    return Generation(
        id="gen_1",
        graph_id="kg_1",
        number=1,
        object_key=GRAPH,
        schema={},
        staging_ids=["stg_1"],
        size_bytes=5,
        counts={"A": 1},
        engine_version="0",
        sha256="",
        operation_id="op_1",
    )


def collect(session: Session, objects: DirectoryStore) -> set[str]:
    collect_garbage(session, objects, grace=timedelta(0))
    return {item.key for item in objects.list("graphs/")}


def test_a_forks_files_outlive_the_graph_that_they_come_from(session: Session, objects: DirectoryStore) -> None:
    fork = Graph(id="kg_2", organization_id="org_1", name="Fork", tier="standard", schema={})
    session.add(fork)
    session.flush()
    record_fork(session, fork_of(session, session.get_one(Graph, "kg_1")), fork, HELD)
    delete_graph(session, "kg_1")
    session.commit()
    assert collect(session, objects) == {UPLOAD, ROWS, GRAPH}
    delete_graph(session, "kg_2")
    session.commit()
    assert collect(session, objects) == set()


def test_what_a_current_generation_was_built_of_stays(session: Session, objects: DirectoryStore) -> None:
    session.get_one(File, "file_1").deleted_at = utc_now()
    session.commit()
    assert collect(session, objects) == {UPLOAD, ROWS, GRAPH}
    session.get_one(Graph, "kg_1").generation_id = None
    session.get_one(Generation, "gen_1").superseded_at = utc_now()
    session.commit()
    assert collect(session, objects) == set()


def test_a_graph_that_is_full_takes_no_more_bytes(session: Session, objects: DirectoryStore, tmp_path: Path) -> None:
    session.get_one(File, "file_1").size_bytes = 100 * 2**30 - 10
    more = File(id="file_2", graph_id="kg_1", name="b.csv", format="csv")
    session.add(more)
    session.flush()
    (tmp_path / "b.csv").write_bytes(b"a")
    with pytest.raises(TierLimit) as refused:
        add_part(session, more, Part(tmp_path / "b.csv", 1), 0, complete=True, objects=objects)
    assert (refused.value.details["limit"], refused.value.details["use"]) == (100 * 2**30, 100 * 2**30 + 1)
