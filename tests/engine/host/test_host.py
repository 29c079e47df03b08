"""What a graph host promises: answers while they are made, bounds, and readers whose end harms nobody."""

import asyncio
import io
import json
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from knowledger.adapters.graph_host import GraphHostClient
from knowledger.domain.graphs.property_types import PropertyType
from knowledger.domain.graphs.reading import (
    AnswerCutOff,
    AnswerFormat,
    GenerationMissing,
    HostBusy,
    HostUnavailable,
    QueryError,
    QueryLimits,
    QueryTimeout,
    QueryTooLarge,
    ReaderLost,
    SqlColumn,
    SqlFile,
    SqlRequest,
    SqlTable,
    StatementNotAllowed,
)
from knowledger.kernel.errors import KnowledgerError
from tests.engine.host.conftest import Host, asking, seal, until

pytestmark = pytest.mark.anyio

POINT = "MATCH (i:Item {id: $id}) RETURN i.name AS name, i.generation AS generation"
SLOW = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN sum(x * y) AS s"
GREEDY = "UNWIND range(1, 300000000) AS x RETURN count(x) AS n"
A_SECOND = QueryLimits(timeout=timedelta(seconds=1))


async def document(client: GraphHostClient, host: Host, query: str, **parameters: int) -> dict[str, object]:
    answer = await client.query(asking(host, query, dict(parameters)))
    read: dict[str, object] = json.loads(await answer.read())
    return read


def readers_of(host: Host) -> set[int]:
    """Sandboxed children that hold the test's graphs open."""
    found = set()
    for process in psutil.process_iter():
        try:
            if any(item.path.startswith(str(host.objects)) for item in process.open_files()):
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


async def test_a_point_query_is_answered(host: Host, client: GraphHostClient) -> None:
    answer = await client.query(asking(host, POINT, {"id": 7}))
    body = json.loads(await answer.read())
    assert [column.name for column in answer.columns] == ["name", "generation"]
    assert body["data"] == [{"name": "n7", "generation": 1}]
    assert (body["graph_id"], body["generation_id"]) == ("kg_1", "gen_1")
    assert answer.end is not None
    assert answer.end.row_count == 1


@pytest.mark.parametrize("format_", list(AnswerFormat))
async def test_every_format_arrives_whole(host: Host, client: GraphHostClient, format_: AnswerFormat) -> None:
    query = "UNWIND range(1, 200000) AS x RETURN x, 'name ' + string(x) AS name"
    answer = await client.query(asking(host, query, format=format_))
    body = await answer.read()
    count = {
        AnswerFormat.JSON: lambda: len(json.loads(body)["data"]),
        AnswerFormat.NDJSON: lambda: body.count(b"\n"),
        AnswerFormat.CSV: lambda: body.count(b"\r\n") - 1,
        AnswerFormat.ARROW: lambda: pa.ipc.open_stream(body).read_all().num_rows,
        AnswerFormat.PARQUET: lambda: pq.read_table(io.BytesIO(body)).num_rows,
    }[format_]()
    assert count == 200_000
    assert answer.end is not None
    assert answer.end.row_count == 200_000


async def test_the_first_rows_are_there_before_the_last_are_read(host: Host, client: GraphHostClient) -> None:
    query = "UNWIND range(1, 1000000) AS x RETURN x, 'a rather long text to fill the pipes ' + string(x) AS t"
    answer = await client.query(asking(host, query, format=AnswerFormat.NDJSON))
    chunks = answer.chunks()
    first = await anext(chunks)
    assert first.startswith(b'{"x":1,')
    assert answer.end is None
    await answer.close()


async def test_a_small_answer_is_there_at_once(host: Host, client: GraphHostClient) -> None:
    answer = await client.query(asking(host, POINT, {"id": 7}))
    assert answer.is_whole
    await answer.read()
    large = await client.query(asking(host, "UNWIND range(1, 200000) AS x RETURN x"))
    assert not large.is_whole
    await large.close()


async def test_a_refused_statement_never_reaches_a_reader(host: Host, client: GraphHostClient) -> None:
    with pytest.raises(StatementNotAllowed) as refused:
        await client.query(asking(host, "MATCH (i:Item) SET i.name = 'x'"))
    assert refused.value.message == "Line 1, column 16: SET is not allowed"
    assert refused.value.details == {"line": 1, "column": 16}


async def test_a_failing_query_says_why_and_the_next_one_works(host: Host, client: GraphHostClient) -> None:
    with pytest.raises(QueryError, match="Table Nothing does not exist"):
        await client.query(asking(host, "MATCH (n:Nothing) RETURN n"))
    assert (await document(client, host, POINT, id=1))["row_count"] == 1


@pytest.mark.parametrize("query", [SLOW, GREEDY])
async def test_a_runaway_query_ends_soon_after_its_time(host: Host, client: GraphHostClient, query: str) -> None:
    async with asyncio.timeout(1 + 0.5 + 1.5):
        with pytest.raises((QueryTimeout, QueryTooLarge)):
            await client.query(asking(host, query, limits=A_SECOND))
    assert (await document(client, host, POINT, id=1))["row_count"] == 1


async def test_a_query_past_its_memory_is_ended_and_harms_nobody(host: Host, client: GraphHostClient) -> None:
    hungry = "UNWIND range(1, 300000000) AS x RETURN collect(string(x)) AS l"
    others = [document(client, host, POINT, id=number) for number in range(20)]
    with pytest.raises((QueryTooLarge, QueryTimeout)):
        await client.query(asking(host, hungry, limits=QueryLimits(timeout=timedelta(seconds=10))))
    assert [body["row_count"] for body in await asyncio.gather(*others)] == [1] * 20


async def test_hanging_up_ends_the_query_at_once(host: Host, client: GraphHostClient) -> None:
    asked = asyncio.ensure_future(client.query(asking(host, SLOW)))
    await asyncio.sleep(0.5)
    before = await client.health()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    async def a_reader_is_gone() -> bool:
        return (await client.health())["readers"] != before["readers"]

    await until(a_reader_is_gone)


async def test_giving_up_in_the_middle_of_an_answer_frees_the_reader(host: Host, client: GraphHostClient) -> None:
    query = "UNWIND range(1, 1000000) AS x RETURN x, 'a rather long text to fill the pipes ' + string(x) AS t"
    for _ in range(5):
        answer = await client.query(asking(host, query, format=AnswerFormat.ARROW))
        async for _chunk in answer.chunks():
            break
        await answer.close()
    assert (await document(client, host, POINT, id=1))["row_count"] == 1


async def test_many_at_a_time_share_few_readers(host: Host, client: GraphHostClient) -> None:
    bodies = await asyncio.gather(*(document(client, host, POINT, id=number) for number in range(60)))
    assert [body["data"] for body in bodies] == [[{"name": f"n{number}", "generation": 1}] for number in range(60)]
    health = await client.health()
    assert isinstance(health["readers"], int)
    assert health["readers"] <= 2 * 3


async def test_when_all_readers_stay_busy_the_caller_is_told(host: Host, client: GraphHostClient) -> None:
    slow = QueryLimits(timeout=timedelta(seconds=14))
    holding = [asyncio.ensure_future(client.query(asking(host, SLOW, limits=slow))) for _ in range(3)]
    await asyncio.sleep(0.5)
    with pytest.raises(HostBusy):
        await client.query(asking(host, POINT, {"id": 1}, limits=A_SECOND))
    for task in holding:
        task.cancel()
    await asyncio.gather(*holding, return_exceptions=True)


async def test_a_reader_that_dies_before_it_answered_is_replaced(host: Host, client: GraphHostClient) -> None:
    await document(client, host, POINT, id=1)
    asked = asyncio.ensure_future(client.query(asking(host, SLOW, limits=QueryLimits(timeout=timedelta(seconds=2)))))
    await asyncio.sleep(0.5)
    for pid in readers_of(host):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(QueryTimeout):
        await asked
    assert (await document(client, host, POINT, id=1))["row_count"] == 1


async def test_a_reader_that_dies_again_and_again_is_reported(host: Host, client: GraphHostClient) -> None:
    asked = asyncio.ensure_future(client.query(asking(host, SLOW)))
    async with asyncio.timeout(10):
        while not asked.done():
            await asyncio.sleep(0.3)
            for pid in readers_of(host):
                os.kill(pid, signal.SIGKILL)
    assert isinstance(asked.exception(), ReaderLost)


async def test_a_reader_that_dies_in_the_middle_ends_the_answer_with_an_error(
    host: Host, client: GraphHostClient
) -> None:
    query = "UNWIND range(1, 1000000) AS x RETURN x, 'a rather long text to fill the pipes ' + string(x) AS t"
    answer = await client.query(asking(host, query, format=AnswerFormat.NDJSON))
    chunks = answer.chunks()
    await anext(chunks)
    for pid in readers_of(host):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises((ReaderLost, AnswerCutOff)):
        async for _ in chunks:
            pass
    assert answer.end is None


async def test_a_new_generation_leaves_running_queries_whole(host: Host, client: GraphHostClient) -> None:
    old = await client.query(
        asking(
            host,
            "UNWIND range(1, 500000) AS x MATCH (i:Item {id: 1}) RETURN x, i.generation AS g",
            format=AnswerFormat.ARROW,
        )
    )
    chunks = old.chunks()
    first = await anext(chunks)
    new = json.loads(await (await client.query(asking(host, POINT, {"id": 1}, generation=2))).read())
    assert new["data"] == [{"name": "n1", "generation": 2}]
    body = first + b"".join([chunk async for chunk in chunks])
    assert set(pa.ipc.open_stream(body).read_all().column("g").to_pylist()) == {1}
    assert old.end is not None
    assert old.end.row_count == 500_000


async def test_closing_a_graph_closes_its_readers(host: Host, client: GraphHostClient) -> None:
    await document(client, host, POINT, id=1)
    await client.close_graph("kg_1")

    async def none_is_left() -> bool:
        return not readers_of(host)

    await until(none_is_left)


async def test_more_graphs_than_may_be_open_take_turns(host: Host, client: GraphHostClient) -> None:
    await client.close_graph("kg_1")
    for number in range(4):
        request = replace(asking(host, POINT, {"id": 1}), graph_id=f"kg_other_{number}")
        assert json.loads(await (await client.query(request)).read())["row_count"] == 1
    assert (await client.health())["open_graphs"] == 2


@pytest.mark.parametrize("key", ["/etc/passwd", "../../etc/passwd", "gone.lbug", "graphs"])
async def test_files_elsewhere_are_as_good_as_missing(host: Host, client: GraphHostClient, key: str) -> None:
    request = replace(asking(host, POINT, {"id": 1}), object_key=key, graph_id="kg_elsewhere")
    with pytest.raises(GenerationMissing) as missing:
        await client.query(request)
    assert str(host.objects) not in missing.value.message


async def test_a_link_that_leads_out_of_the_store_is_not_followed(
    host: Host, client: GraphHostClient, tmp_path: Path
) -> None:
    seal(tmp_path / "elsewhere" / "graph.lbug", 9)
    link = host.objects / "link.lbug"
    link.symlink_to(tmp_path / "elsewhere" / "graph.lbug")
    with pytest.raises(GenerationMissing):
        await client.query(replace(asking(host, POINT, {"id": 1}), object_key="link.lbug", graph_id="kg_link"))


async def test_a_file_that_is_no_graph_is_reported(host: Host, client: GraphHostClient) -> None:
    broken = host.objects / "broken.lbug"
    broken.write_bytes(b"no graph" * 1000)
    with pytest.raises(KnowledgerError) as error:
        await client.query(replace(asking(host, POINT, {"id": 1}), object_key="broken.lbug", generation_id="gen_3"))
    assert str(host.objects) not in error.value.message


async def test_sql_reads_staged_files(host: Host, client: GraphHostClient) -> None:
    staged = host.objects / "graphs" / "kg_1" / "staged"
    staged.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"name": ["ann", "bob"], "age": [1, 2]}), staged / "file_1.parquet")
    columns = (SqlColumn("name", PropertyType.parse("string")), SqlColumn("age", PropertyType.parse("int")))
    people = SqlTable("Person", columns, (SqlFile("file_1", "graphs/kg_1/staged/file_1.parquet"),))
    request = SqlRequest("kg_1", (people,), "SELECT name, _file_id, _row FROM Person WHERE age = $age", {"age": 2})
    answer = await client.sql(request)
    assert json.loads(await answer.read())["data"] == [{"name": "bob", "_file_id": "file_1", "_row": 2}]
    with pytest.raises(StatementNotAllowed):
        await client.sql(replace(request, sql="SELECT * FROM read_text('/etc/passwd')", parameters={}))
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    with pytest.raises(QueryTimeout):
        await client.sql(replace(request, sql=endless, parameters={}, limits=A_SECOND))
    with pytest.raises((QueryTooLarge, QueryTimeout, QueryError)):
        await client.sql(replace(request, sql="SELECT repeat('a', 2000000000) || 'b'", parameters={}, limits=A_SECOND))


async def test_no_host_is_an_error_of_its_own(tmp_path: Path) -> None:
    client = GraphHostClient(tmp_path / "nobody.sock")
    with pytest.raises(HostUnavailable):
        await client.health()
