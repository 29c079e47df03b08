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
    container: Path, manifest: Manifest, key: WrappedKey, scratch: Path, *, engine: TableEngine, keys: KeyRing
) -> Work[Reopened]:
    """Unpack, open or build, and read all of it. Raises BackupDamaged, BackupKeyUnknown, GraphUnreadable."""
    data_key = keys.unwrap(key, manifest.canonical)
    parts = yield from part_of((0, 40), unpack(container, manifest, data_key, _directory(scratch, "parts")))
    opened = yield from part_of((40, 100), _open_or_build(manifest, parts, scratch, engine))
    return opened


def _open_or_build(manifest: Manifest, parts: dict[str, Path], scratch: Path, engine: TableEngine) -> Work[Reopened]:
    """A full backup is opened; one that this version of the engine cannot read is built of its rows, if it has all."""
    path = parts.get(GRAPH_PART)
    if path is not None:
        try:
            return (yield from _read(manifest, path, parts, None, scratch, engine))
        except GraphUnreadable:
            if not manifest.has_all_rows:
                raise
            yield Progress("This version of the engine cannot open the file: building it of its rows")
    return (yield from _build(manifest, parts, scratch, engine))


def _build(manifest: Manifest, parts: dict[str, Path], scratch: Path, engine: TableEngine) -> Work[Reopened]:
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
    return (yield from part_of((60, 100), _read(manifest, request.graph_path, parts, built, scratch, engine)))


def _read(
    manifest: Manifest,
    path: Path,
    parts: dict[str, Path],
    built: BuiltGeneration | None,
    scratch: Path,
    engine: TableEngine,
) -> Work[Reopened]:
    work = _directory(scratch, "digest" if built is None else "digest-built")
    contents = yield from engine.digest(path, manifest.graph_schema, work)
    problems = tuple(differences(manifest, contents.counts, contents.digests))
    return Reopened(path, parts, contents, built, problems)


def _directory(scratch: Path, name: str) -> Path:
    directory = scratch / name
    directory.mkdir()
    return directory
