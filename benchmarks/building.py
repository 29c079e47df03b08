"""Building a graph and adding to it, against LadybugDB's own COPY of the same Parquet files."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figure import Bench, Line, at_least, at_most
from benchmarks.fresh import Cost, in_fresh_process
from benchmarks.graph_data import SCHEMA, GraphData, copy_bare
from benchmarks.sandboxed import Workshop, workshop
from benchmarks.units import count, mib, seconds
from knowledger.domain.graphs.engine import BuildRequest, StagedFile


def copy_raw(directory: str, nodes: int, relationships: int) -> None:
    data = GraphData(Path(directory), nodes, relationships)
    copy_bare(data, _afresh(data.directory / "raw"))


def measure(bench: Bench) -> Iterator[Line]:
    nodes = bench.size(1_000_000, 100_000)
    data = GraphData(bench.directory / "staged", nodes, 5 * nodes, bench.size(10_000, 1_000))
    data.write()
    with workshop(bench) as shop:
        yield from _measure(bench, data, shop)


def _measure(bench: Bench, data: GraphData, shop: Workshop) -> Iterator[Line]:
    own = (data.people, data.payments)
    extensions = {"nodes": data.new_people, "relationships": data.new_payments}
    base = _afresh(bench.directory / "base")
    _build(shop, base, own)
    full: list[Cost] = []
    raw: list[Cost] = []
    more: dict[str, list[Cost]] = {name: [] for name in extensions}
    for _ in range(bench.size(3, 2)):
        raw.append(in_fresh_process(copy_raw, str(data.directory), data.nodes, data.relationships))
        full.append(_build(shop, _afresh(bench.directory / "full"), own))
        for name, file in extensions.items():
            home = _afresh(bench.directory / "more")
            more[name].append(_build(shop, home, own, base / "graph.lbug", file))
    size = f"{count(data.nodes)} nodes and {count(data.relationships)} relationships"
    full_s, raw_s = (median(cost.seconds for cost in costs) for costs in (full, raw))
    yield at_least(0.8, f"materializing {size}: speed", seconds(full_s), seconds(raw_s), raw_s / full_s)
    peak, raw_peak = (max(cost.peak_bytes for cost in costs) for costs in (full, raw))
    limit = bench.settings.engine_memory
    yield at_most(1, "materializing: peak memory, against the setting", mib(peak), mib(limit), peak / limit)
    yield Line(
        "materializing: peak memory, against the bare COPY", mib(peak), mib(raw_peak), f"{peak / raw_peak:.2f} ×"
    )
    for name, costs in more.items():
        some_s = median(cost.seconds for cost in costs)
        what = f"adding a file of {count(data.added)} {name} to them, against building all"
        yield at_most(0.2, what, seconds(some_s), seconds(full_s), some_s / full_s)


def _build(
    shop: Workshop, home: Path, own: tuple[StagedFile, ...], base: Path | None = None, added: StagedFile | None = None
) -> Cost:
    request = BuildRequest(
        SCHEMA,
        (*own, added) if added else own,
        home / "graph.lbug",
        home / "rejects.parquet",
        home / "work",
        base=base,
        added=(added.file_id,) if added else (),
    )
    request.scratch.mkdir()
    built, cost = shop.do(shop.engine.build(request))
    if built.appended != (base is not None):
        raise RuntimeError("built anew where the base should have been extended")
    return cost


def _afresh(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory
