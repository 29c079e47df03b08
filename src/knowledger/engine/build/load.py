"""Staged rows into the graph, by COPY from Parquet."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledger.engine.build.graph_file import GraphFile
from knowledger.engine.build.sources import Source
from knowledger.engine.build.staged import LinkedFile
from knowledger.engine.build.winners import Winners
from knowledger.engine.build.workbench import Workbench

# While LadybugDB builds the index of a COPY, each node takes so much of the buffer pool, and as much beside it.
_BYTES_PER_NODE, _BYTES_PER_KEY_BYTE = 150, 1.25
_SHARE_OF_INDEX = 0.6
_ROWS_SAMPLED = 10_000
_ROW_GROUP = 122_880
_PARTS = "parts"


@dataclass(frozen=True)
class Batch:
    """Files of the working directory for one COPY."""

    links: tuple[str, ...]
    rows: int


def load(
    source: Source,
    graph: GraphFile,
    winners: Winners,
    bench: Workbench,
    buffer_pool_bytes: int,
    tick: Callable[[float], None],
) -> int:
    """Load a type; gives the number of rows that were to be loaded.

    Relationships go in one COPY, which spills to disk: each further one would rewrite all of them. Nodes go in as many
    as the index of each fits into the buffer pool. A relationship that has lost an end is passed over.
    """
    most_rows = None if source.ends else _most_rows(source, bench, buffer_pool_bytes)
    with _batches(source, winners, bench, most_rows) as batches:
        total, done = sum(batch.rows for batch in batches), 0
        for batch in batches:
            before, part = done / max(total, 1), batch.rows / max(total, 1)
            copied = _ticks(tick, before, part)
            if source.ends:
                properties = [value.target.name for value in source.values]
                graph.copy_relationships(source.name, batch.links, properties, tick=copied)
            else:
                graph.copy(source.name, batch.links, tick=copied)
            done += batch.rows
    return total


def _most_rows(source: Source, bench: Workbench, buffer_pool_bytes: int) -> int:
    sample = f"SELECT CAST({source.keys[0]} AS VARCHAR) AS key FROM {source.table.scan} LIMIT {_ROWS_SAMPLED}"
    key_bytes = bench.number(f"SELECT CAST(coalesce(avg(strlen(key)), 0) AS BIGINT) FROM ({sample})")
    bytes_per_node = _BYTES_PER_NODE + key_bytes * _BYTES_PER_KEY_BYTE
    return max(int(buffer_pool_bytes * _SHARE_OF_INDEX / bytes_per_node), _ROW_GROUP)


@contextmanager
def _batches(source: Source, winners: Winners, bench: Workbench, most_rows: int | None) -> Iterator[list[Batch]]:
    """The staged files themselves, where they are what COPY takes; else files made from them, gone afterwards."""
    files = source.table.files
    fits = most_rows is None or all(file.rows <= most_rows for file in files)
    if source.is_verbatim and fits and not winners.superseded(source.name):
        yield _grouped([file for file in files if file.rows], most_rows)
        return
    try:
        yield _rewritten(source, winners.of(source), bench, most_rows)
    finally:
        shutil.rmtree(_PARTS, ignore_errors=True)


def _grouped(files: Sequence[LinkedFile], most_rows: int | None) -> list[Batch]:
    batches: list[Batch] = []
    for file in files:
        if batches and (most_rows is None or batches[-1].rows + file.rows <= most_rows):
            last = batches.pop()
            batches.append(Batch((*last.links, file.link), last.rows + file.rows))
        else:
            batches.append(Batch((file.link,), file.rows))
    return batches


def _rewritten(source: Source, rows: str, bench: Workbench, most_rows: int | None) -> list[Batch]:
    columns = ", ".join(f"{column} AS v{index}" for index, column in enumerate(source.columns))
    options = f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROW_GROUP}"
    Path(_PARTS).mkdir()
    if most_rows is None or source.table.rows <= most_rows:
        part = f"{_PARTS}/all.parquet"
        written = bench.number(f"COPY (SELECT {columns} FROM {rows}) TO '{part}' ({options})")
        return [Batch((part,), written)] if written else []
    options += f", ROW_GROUPS_PER_FILE {max(most_rows // _ROW_GROUP, 1)}"
    bench.run(f"COPY (SELECT {columns} FROM {rows}) TO '{_PARTS}' ({options}, OVERWRITE)")
    links = sorted(str(path) for path in Path(_PARTS).iterdir())
    return [Batch((link,), bench.number(f"SELECT count(*) FROM read_parquet('{link}')")) for link in links]


def _ticks(tick: Callable[[float], None], before: float, part: float) -> Callable[[float], None]:
    return lambda share: tick(before + part * share)
