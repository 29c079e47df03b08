"""The collector takes what no record names and leaves everything else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.kernel.clock import utc_now
from knowledger.models import File, FilePart, Generation, Graph, Organization

NO_GRACE = timedelta(0)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url)
    with Session(engine) as session:
        session.add(Organization(id="org_1", name="One"))
        session.flush()
        session.add(Graph(id="kg_1", organization_id="org_1", name="Graph", tier="standard", schema={}))
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def objects(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects", tmp_path / "scratch")


def put(objects: DirectoryStore, key: str) -> None:
    with objects.scratch("test") as scratch:
        path = scratch / "file"
        path.write_bytes(b"bytes")
        objects.put(key, path)


def keys(objects: DirectoryStore) -> set[str]:
    return {item.key for item in objects.list("graphs/")}


def add_generation(session: Session, number: int, key: str) -> Generation:
    generation = Generation(
        id=f"gen_{number}",
        graph_id="kg_1",
        number=number,
        object_key=key,
        schema={},
        staging_ids=[],
        size_bytes=5,
        counts={},
        engine_version="0",
        sha256="",
        operation_id="op_1",
    )
    session.add(generation)
    session.commit()
    return generation


def test_what_no_record_names_goes(session: Session, objects: DirectoryStore) -> None:
    put(objects, "graphs/kg_1/generations/op_1-1/graph.lbug")
    collected = collect_garbage(session, objects, grace=NO_GRACE)
    assert collected.object_keys == ["graphs/kg_1/generations/op_1-1/graph.lbug"]
    assert keys(objects) == set()


def test_what_is_young_may_be_under_way_and_stays(session: Session, objects: DirectoryStore) -> None:
    put(objects, "graphs/kg_1/uploads/new")
    collect_garbage(session, objects)
    assert keys(objects) == {"graphs/kg_1/uploads/new"}


def test_a_dry_run_only_tells(session: Session, objects: DirectoryStore) -> None:
    put(objects, "graphs/kg_1/uploads/lost")
    assert collect_garbage(session, objects, grace=NO_GRACE, dry_run=True).object_keys == ["graphs/kg_1/uploads/lost"]
    assert keys(objects) == {"graphs/kg_1/uploads/lost"}


def test_the_current_generation_stays_and_older_ones_go(session: Session, objects: DirectoryStore) -> None:
    for number in (1, 2):
        put(objects, f"graphs/kg_1/{number}")
        add_generation(session, number, f"graphs/kg_1/{number}")
    session.get_one(Graph, "kg_1").generation_id = "gen_2"
    session.get_one(Generation, "gen_1").superseded_at = utc_now()
    session.commit()
    collect_garbage(session, objects, grace=NO_GRACE)
    assert keys(objects) == {"graphs/kg_1/2"}


def test_a_deleted_file_goes_with_its_parts(session: Session, objects: DirectoryStore) -> None:
    put(objects, "graphs/kg_1/part")
    file = File(id="file_1", graph_id="kg_1", name="a.csv", format="csv", deleted_at=utc_now())
    session.add(file)
    session.flush()
    session.add(FilePart(file_id="file_1", offset=0, size_bytes=5, object_key="graphs/kg_1/part"))
    session.commit()
    collect_garbage(session, objects, grace=NO_GRACE)
    assert keys(objects) == set()
    assert session.get(File, "file_1") is None


def test_a_deleted_graph_goes_with_everything(session: Session, objects: DirectoryStore) -> None:
    put(objects, "graphs/kg_1/1")
    add_generation(session, 1, "graphs/kg_1/1")
    session.get_one(Graph, "kg_1").deleted_at = utc_now()
    session.commit()
    collect_garbage(session, objects, grace=NO_GRACE)
    assert keys(objects) == set()
    assert session.get(Graph, "kg_1") is None
