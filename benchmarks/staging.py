"""Staging a large CSV file, against DuckDB's own COPY of the same file into the same Parquet."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.figure import Bench, Line, at_least, at_most
from benchmarks.fresh import Cost, in_fresh_process
from benchmarks.sandboxed import Workshop, workshop
from benchmarks.units import count, mib, seconds
from knowledger.domain.graphs.engine import StageRequest
from knowledger.domain.graphs.schema import GraphSchema

COLUMNS = {
    "id": "int",
    "account": "string",
    "booked": "date",
    "amount": "decimal(18,2)",
    "currency": "string",
    "quantity": "int",
    "rate": "decimal(10,6)",
    "text": "string",
}
SCHEMA = GraphSchema.parse(
    {
        "nodes": [
            {
                "name": "Entry",
                "key": "id",
                "properties": [{"name": name, "type": type_} for name, type_ in COLUMNS.items()],
            }
        ]
    }
)
_ROWS = """
    SELECT i AS id, printf('ACC%06d', hash(i) % 1000000) AS account,
        DATE '1990-01-01' + (hash(i * 3) % 12000)::INT AS booked,
        ((hash(i * 7) % 2000000000)::BIGINT - 1000000000)::DECIMAL(18, 0) / 100 AS amount,
        ['EUR', 'USD', 'GBP', 'JPY'][1 + (hash(i * 5) % 4)::INT] AS currency, hash(i * 11) % 1000 AS quantity,
        (hash(i * 13) % 4000000)::DECIMAL(18, 0) / 1000000 AS rate,
        printf('%016x transfer no. %d', hash(i * 17), hash(i) % 100000000) AS text
    FROM range({rows}) AS t(i)
"""
_TYPES = {"int": "BIGINT", "string": "VARCHAR"}


def write_csv(path: Path, rows: int) -> None:
    """The same bytes each time, about a hundred a row."""
    duckdb.execute(f"COPY ({_ROWS.format(rows=rows)}) TO '{path}' (FORMAT csv, HEADER)")


def copy_raw(source: str, target: str) -> None:
    """With the types that the product is told, and the Parquet that it writes."""
    columns = ", ".join(f"'{name}': '{_TYPES.get(type_, type_)}'" for name, type_ in COLUMNS.items())
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{source}', header = true, columns = {{{columns}}})) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL -1)"
    )


def measure(bench: Bench) -> Iterator[Line]:
    rows = bench.size(10_000_000, 500_000)
    large, small = bench.directory / "large.csv", bench.directory / "small.csv"
    write_csv(large, rows)
    write_csv(small, rows // 10)
    ours: list[Cost] = []
    raw: list[Cost] = []
    with workshop(bench) as shop:
        for _ in range(bench.size(3, 2)):
            raw.append(in_fresh_process(copy_raw, str(large), str(bench.directory / "raw.parquet")))
            ours.append(stage(shop, large, rows, bench.directory / "ours"))
        little = max(stage(shop, small, rows // 10, bench.directory / "ours").peak_bytes for _ in range(2))
    ours_s, raw_s = (median(cost.seconds for cost in costs) for costs in (ours, raw))
    name = f"CSV of {large.stat().st_size / 1e9:.2g} GB, {count(rows)} rows"
    yield at_least(0.8, f"staging a {name}: speed", seconds(ours_s), seconds(raw_s), raw_s / ours_s)
    peak, raw_peak = (max(cost.peak_bytes for cost in costs) for costs in (ours, raw))
    limit = bench.settings.engine_memory
    yield at_most(1, f"staging a {name}: peak memory, against the setting", mib(peak), mib(limit), peak / limit)
    yield at_most(
        1.25, "staging: peak memory, against that of a tenth of the file", mib(peak), mib(little), peak / little
    )
    yield Line("staging: peak memory, against DuckDB's own", mib(peak), mib(raw_peak), f"{peak / raw_peak:.2f} ×")


def stage(shop: Workshop, source: Path, rows: int, home: Path) -> Cost:
    """Stage the file afresh."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "work").mkdir(parents=True)
    request = StageRequest(
        file_name=source.name,
        parts=(source,),
        schema=SCHEMA,
        table="Entry",
        rows_path=home / "rows.parquet",
        rejects_path=home / "rejects.parquet",
        scratch=home / "work",
    )
    staged, cost = shop.do(shop.engine.stage(request))
    if (staged.rows_read, staged.rows_rejected) != (rows, 0):
        raise RuntimeError(f"{staged.rows_read} rows read, {staged.rows_rejected} rejected, of {rows}")
    return cost
