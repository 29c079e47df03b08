"""A finished graph file: whole on disk, and no other file beside it that belongs to it."""

import os
from pathlib import Path

from knowledger.kernel.errors import KnowledgerError


class GenerationUnsound(KnowledgerError):
    """The new generation does not hold what it should, and was thrown away."""

    status = 500
    retryable = True
    hint = "The graph is as it was; try again. If it happens again, materialize with rebuild."


def require_sealed(path: Path) -> None:
    """Raises GenerationUnsound where the file was not closed after a checkpoint: its log or its shadow pages stay."""
    beside = [item for item in path.parent.iterdir() if item.name.startswith(f"{path.name}.")]
    if beside or not path.is_file():
        raise GenerationUnsound("The new generation was not closed properly.")


def flush(path: Path) -> None:
    """Onto the disk, with its name."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def copy_sealed(source: Path, target: Path) -> None:
    """A copy that shares its blocks where the file system can."""
    with source.open("rb") as reading, target.open("xb") as writing:
        left = os.fstat(reading.fileno()).st_size
        while left:
            copied = os.copy_file_range(reading.fileno(), writing.fileno(), left)
            if copied == 0:
                raise OSError("the file became shorter while it was copied")
            left -= copied
