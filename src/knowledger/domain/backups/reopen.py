"""A backup made a graph again, in private files: what verifying and restoring have in common."""

from dataclasses import dataclass
from pathlib import Path

from knowledger.domain.backups.keys import KeyRing, WrappedKey
from knowledger.domain.backups.manifest import GRAPH_PART, Manifest, differences
from knowledger.domain.backups.packing import unpack
from knowledger.domain.graphs.engine import (
    BuildRequest,
    BuiltGeneration,
    GraphContents,
    GraphUnreadable,
    StagedFile,
    TableEngine,
)
from knowledger.domain.operations.progress import Progress, Work, part_of


@dataclass(frozen=True)
class Reopened:
    """A sealed graph file, what is in it, and how that differs from what was backed up.

    `parts` are all files of the backup by name. `built` tells of a graph that was built of its rows anew.
    """

    graph_path: Path
    parts: dict[str, Path]
    contents: GraphContents
    built: BuiltGeneration | None
    problems: tuple[str, ...]


def reopen(
    container: Path,
    manifest: Manifest,
    key: WrappedKey,
    scratch: Path,
    *,
    engine: TableEngine,
    keys: KeyRing,
    deep: bool,
) -> Work[Reopened]:
    """Unpack, open or build, and compare. Raises BackupDamaged, BackupKeyUnknown, GraphUnreadable.

    A file that came out of its container is, byte for byte, the one that was sealed: it is enough to open it and to
    count. `deep` also reads every row of it, and compares them with those of a graph that is built of the staged rows.
    """
    data_key = keys.unwrap(key, manifest.canonical)
    parts = yield from part_of((0, 40), unpack(container, manifest, data_key, _directory(scratch, "parts")))
    opened = yield from part_of((40, 100), _open_or_build(manifest, parts, scratch, engine, deep))
    return opened


def _open_or_build(
    manifest: Manifest, parts: dict[str, Path], scratch: Path, engine: TableEngine, deep: bool
) -> Work[Reopened]:
    """A full backup is opened; one that this version of the engine cannot read is built of its rows, if it has all."""
    path = parts.get(GRAPH_PART)
    if path is None:
        return (yield from _build(manifest, parts, scratch, engine, manifest.contents))
    try:
        work = engine.digest(path, manifest.graph_schema, _directory(scratch, "digest"), counts_only=not deep)
        contents = yield from part_of((0, 50 if deep else 100), work)
    except GraphUnreadable:
        if not manifest.has_all_rows:
            raise
        yield Progress("This version of the engine cannot open the file: building it of its rows")
        return (yield from _build(manifest, parts, scratch, engine, manifest.contents))
    problems = tuple(differences(manifest.contents, contents))
    if deep and manifest.has_all_rows:
        again = yield from part_of((50, 100), _build(manifest, parts, scratch, engine, contents))
        problems += tuple(f"Built of its rows: {problem}" for problem in again.problems)
    return Reopened(path, parts, contents, None, problems)


def _build(
    manifest: Manifest, parts: dict[str, Path], scratch: Path, engine: TableEngine, wanted: GraphContents
) -> Work[Reopened]:
    request = BuildRequest(
        schema=manifest.graph_schema,
        files=tuple(
            StagedFile(item.rows_part, item.file_name, item.table, parts[item.rows_part], item.rows_accepted)
            for item in manifest.staged
        ),
        graph_path=_directory(scratch, "built") / "graph.lbug",
        rejects_path=scratch / "built" / "rejects.parquet",
        scratch=_directory(scratch, "build"),
    )
    built = yield from part_of((0, 60), engine.build(request))
    work = engine.digest(request.graph_path, manifest.graph_schema, _directory(scratch, "digest-built"))
    contents = yield from part_of((60, 100), work)
    return Reopened(request.graph_path, parts, contents, built, tuple(differences(wanted, contents)))


def _directory(scratch: Path, name: str) -> Path:
    directory = scratch / name
    directory.mkdir()
    return directory
