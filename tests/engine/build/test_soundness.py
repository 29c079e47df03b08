"""What is not whole is not accepted."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import ladybug
import pytest

from knowledger.domain.operations.progress import Progress
from knowledger.engine.build.job import build_generation
from knowledger.engine.build.request import BuildJob
from knowledger.engine.build.seal import GenerationUnsound, copy_sealed
from knowledger.engine.build.verify import Probe, verify
from tests.engine.build.workshop import POOL_BYTES, Workshop

ROWS = 150_000


def test_nothing_stays_beside_a_sealed_file(people: Workshop) -> None:
    request = people.request(people.stage("Person", "id,age\nann,1\n"))
    built = people.run(request)
    assert sorted(path.name for path in built.path.parent.iterdir()) == ["graph.lbug", "rejects.parquet", "scratch"]
    assert built.answer["size_bytes"] == built.path.stat().st_size


def test_a_graph_with_other_counts_is_refused(people: Workshop) -> None:
    built = people.build(people.stage("Person", "id,age\nann,1\n"))
    with pytest.raises(GenerationUnsound, match="Person: 1 instead of 2"):
        _verify(people, built.path, {"Person": 2})


def test_a_graph_with_other_values_is_refused(people: Workshop) -> None:
    built = people.build(people.stage("Person", "id,age\nann,1\n"))
    _verify(people, built.path, {"Person": 1}, Probe("Person", ("ann",), {"id": "ann", "age": 1}))
    with pytest.raises(GenerationUnsound, match="does not find a Person"):
        _verify(people, built.path, {"Person": 1}, Probe("Person", ("ann",), {"id": "ann", "age": 2}))


def test_a_graph_without_a_relationship_is_refused(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\nbob,1\n")
    built = people.build(nodes, people.stage("Knows", "from_id,to_id,year,how\nann,bob,1,a\n"))
    known = {"year": 1, "how": "a"}
    _verify(people, built.path, {"Person": 2, "Knows": 1}, Probe("Knows", ("ann", "bob"), known))
    with pytest.raises(GenerationUnsound, match="does not find a Knows"):
        _verify(people, built.path, {"Person": 2, "Knows": 1}, Probe("Knows", ("bob", "ann"), known))


def test_a_truncated_file_is_refused(people: Workshop) -> None:
    built = people.build(people.stage("Person", "id,age\nann,1\n"))
    os.truncate(built.path, built.path.stat().st_size // 2)
    with pytest.raises(GenerationUnsound):
        _verify(people, built.path, {"Person": 1})


def test_a_file_whose_log_was_not_applied_is_refused(people: Workshop) -> None:
    built = people.build()
    database = ladybug.Database(built.path, buffer_pool_size=POOL_BYTES, max_db_size=1 << 36, auto_checkpoint=False)
    ladybug.Connection(database).execute("CREATE (:Person {id: 'ann'})")
    copy = people.new_directory() / "graph.lbug"
    copy_sealed(built.path, copy)
    copy_sealed(built.path.with_name("graph.lbug.wal"), copy.with_name("graph.lbug.wal"))
    database.close()
    with pytest.raises(GenerationUnsound, match="not closed properly"):
        _verify(people, copy, {"Person": 1})


@pytest.mark.parametrize("moment", ["Loading Person", "Loading Knows", "Verifying"])
def test_a_build_killed_at_any_moment_leaves_nothing_that_passes(people: Workshop, moment: str) -> None:
    nodes = people.stage("Person", "id,age\n" + "".join(f"p{number},1\n" for number in range(ROWS)))
    knows = people.stage("Knows", "from_id,to_id,year,how\n" + "".join(f"p{n},p0,1,a\n" for n in range(ROWS)))
    request = people.request(nodes, knows)
    body = BuildJob(request, people.memory_bytes, 2).as_json()
    _killed(lambda report: build_generation(body, report), moment)
    assert not request.rejects_path.exists()
    if moment != "Verifying":
        with pytest.raises(GenerationUnsound):
            _verify(people, request.graph_path, {"Person": ROWS, "Knows": ROWS})


def _killed(work: Callable[[Callable[[Progress], None]], object], moment: str) -> None:
    """Do the work in a child that is killed when it says `moment` and has gone on for a little."""

    def report(progress: Progress) -> None:
        if progress.message == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        work(report)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _verify(people: Workshop, path: Path, counts: dict[str, int], *known: Probe) -> None:
    verify(path, people.schema, counts, known, buffer_pool_bytes=POOL_BYTES, threads=2)
