"""Which readers stay open: real ones, in the event loop of the test."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledger.engine.host.openers import Openers
from knowledger.engine.host.pool import GraphFile, ReaderPool
from tests.engine.host.conftest import seal
from tests.engine.host.running import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def first(tmp_path: Path) -> GraphFile:
    path = tmp_path / "first" / "graph.lbug"
    seal(path, 1)
    return GraphFile("kg_1", "gen_1", str(path))


@pytest.fixture
async def pool(sandbox_socket: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[ReaderPool]:
    settings = Settings(tmp_path, tmp_path / "host.sock", sandbox_socket)
    pool = ReaderPool(Openers(settings, Path).graph_reader, 2, 2, timedelta(0))
    yield pool
    await pool.close()


async def use(pool: ReaderPool, file: GraphFile) -> None:
    async with pool.reader(file, wait_s=1):
        pass


async def test_a_reader_is_kept_for_the_next_question_until_it_is_idle_for_too_long(
    pool: ReaderPool, first: GraphFile
) -> None:
    async with pool.reader(first, wait_s=1) as reader:
        pass
    async with pool.reader(first, wait_s=1) as again:
        assert again is reader
        pool.close_idle()
        assert pool.reader_count == 1
    pool.close_idle()
    assert (pool.reader_count, pool.open_count) == (0, 0)


async def test_a_later_generation_closes_the_idle_readers_of_earlier_ones(pool: ReaderPool, first: GraphFile) -> None:
    await use(pool, first)
    await use(pool, replace(first, generation_id="gen_2"))
    assert (pool.reader_count, pool.open_count) == (1, 1)


async def test_an_earlier_generation_leaves_later_ones_alone(pool: ReaderPool, first: GraphFile) -> None:
    await use(pool, replace(first, generation_id="gen_2"))
    await use(pool, first)
    assert (pool.reader_count, pool.open_count) == (2, 2)


async def test_a_busy_reader_of_an_earlier_generation_is_closed_when_it_is_done(
    pool: ReaderPool, first: GraphFile
) -> None:
    async with pool.reader(first, wait_s=1) as reader:
        await use(pool, replace(first, generation_id="gen_2"))
        assert reader.usable
        assert pool.open_count == 2
    assert pool.open_count == 1
