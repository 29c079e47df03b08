"""Backing up, verifying and restoring a graph, against zstd -3 and AES-256-GCM of its file, and a plain copy."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.figure import Bench, Line, at_least
from benchmarks.graph_data import SCHEMA, GraphData, copy_bare
from benchmarks.sandboxed import Workshop, workshop
from benchmarks.units import MIB, count, seconds
from knowledger.domain.backups.container import new_data_key
from knowledger.domain.backups.manifest import GRAPH_PART, Manifest
from knowledger.domain.backups.packing import Packed, pack, unpack
from knowledger.domain.operations.progress import result_of

_BLOCK = 1 << 20


def measure(bench: Bench) -> Iterator[Line]:
    nodes = bench.size(1_000_000, 100_000)
    data = GraphData(bench.directory / "staged", nodes, 5 * nodes)
    data.write()
    (bench.directory / "graph").mkdir()
    graph = copy_bare(data, bench.directory / "graph")
    with workshop(bench) as shop:
        yield from _measure(bench, shop, graph, f"{count(nodes)} nodes and {count(5 * nodes)} relationships")


def _measure(bench: Bench, shop: Workshop, graph: Path, what: str) -> Iterator[Line]:
    times: dict[str, list[float]] = {}
    for number in range(bench.size(3, 2)):
        home = bench.directory / f"round-{number}"
        home.mkdir()
        for name, step in _steps(shop, graph, home).items():
            began = time.perf_counter()
            step()
            times.setdefault(name, []).append(time.perf_counter() - began)
            if name == "raw in":  # ours begins with as much free memory for its files as the raw part did
                shutil.rmtree(home / "raw")
        shutil.rmtree(home)
    took = {name: median(all_s) for name, all_s in times.items()}
    size = f"{what}, {graph.stat().st_size / MIB:,.0f} MiB"
    raw = took["raw out"] + took["raw in"]
    container = took["pack"] + took["unpack"]
    whole, deep = container + took["count"], container + took["digest"]
    yield at_least(0.7, f"container of {size}: speed, out and in", seconds(container), seconds(raw), raw / container)
    yield at_least(0.7, f"backup and verify of {size}: speed", seconds(whole), seconds(raw), raw / whole)
    yield Line("the same, reading every row as `--deep` does", seconds(deep), seconds(raw), f"{raw / deep:.2f} ×")
    restore, copy = took["unpack"] + took["count"], took["copy"]
    yield Line(f"restore of {size}, against a file copy", seconds(restore), seconds(copy), f"{restore / copy:.1f} ×")


def _steps(shop: Workshop, graph: Path, home: Path) -> dict[str, Callable[[], object]]:
    key = new_data_key()
    packed: list[Packed] = []
    for name in ("raw", "parts", "work", "count"):
        (home / name).mkdir()
    return {
        "raw out": lambda: _raw_out(graph, home / "raw" / "stored", key),
        "raw in": lambda: _raw_in(home / "raw" / "stored", home / "raw" / "graph.lbug", key),
        "pack": lambda: packed.append(result_of(pack({GRAPH_PART: graph}, home / "backup", key))),
        "unpack": lambda: result_of(unpack(home / "backup", _manifest(packed[0]), key, home / "parts")),
        "digest": lambda: result_of(shop.engine.digest(graph, SCHEMA, home / "work")),
        "count": lambda: result_of(shop.engine.digest(graph, SCHEMA, home / "count", counts_only=True)),
        "copy": lambda: shutil.copyfile(graph, home / "copy"),
    }


def _raw_out(source: Path, target: Path, key: bytes) -> None:
    """As `zstd -3 -T0 | aes-256-gcm`: nonces that count, nothing that binds the blocks to each other."""
    cipher, number = AESGCM(key), 0
    compressor = zstandard.ZstdCompressor(level=3, threads=os.cpu_count() or 1)
    with source.open("rb") as plain, target.open("wb") as stored:
        compressed = compressor.stream_reader(plain)
        while block := compressed.read(_BLOCK):
            stored.write(cipher.encrypt(number.to_bytes(12, "big"), block, None))
            number += 1


def _raw_in(source: Path, target: Path, key: bytes) -> None:
    cipher, number = AESGCM(key), 0
    with source.open("rb") as stored, target.open("wb") as plain:
        writer = zstandard.ZstdDecompressor().stream_writer(plain, closefd=False)
        while block := stored.read(_BLOCK + 16):
            writer.write(cipher.decrypt(number.to_bytes(12, "big"), block, None))
            number += 1


def _manifest(packed: Packed) -> Manifest:
    return Manifest(
        backup_id="bk_1",
        graph_id="kg_1",
        graph_name="Benchmark",
        description="",
        tags=(),
        tier="standard",
        kind="full",
        engine_version="",
        generation_id="gen_1",
        generation_number=1,
        schema="{}",
        counts={},
        digests={},
        rows_superseded=0,
        rows_rejected=0,
        parts=packed.parts,
        staged=(),
        has_all_rows=True,
        plain_bytes=packed.plain_bytes,
        stored_bytes=packed.stored_bytes,
        sha256=packed.sha256,
    )
