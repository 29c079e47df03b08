"""What to do where a graph does not hold what was uploaded for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.records import FileRecord


def remedy(terminal: Terminal, graph: "Graph") -> str | None:
    """The command that brings what is staged into the graph; None where it is there."""
    record = graph.record()
    if not record.is_stale:
        return None
    why = f" ({record.stale_reason.rstrip('.')})" if record.stale_reason else ""
    return f"The graph is behind its files{why}. Bring them in: {terminal.command('materialize')}"


@contextmanager
def explained(terminal: Terminal, graph: "Graph") -> Iterator[None]:
    """Of a query that fails on a graph that is behind, say so: the type that it asks for may only be staged."""
    from knowledger.client import ApiError

    try:
        yield
    except ApiError as error:
        if error.code == "QueryError":
            error.hint = remedy(terminal, graph) or error.hint
        raise


def without_table(files: "Sequence[FileRecord]") -> "list[FileRecord]":
    """Files that were uploaded whole and never given a table, as where a load was killed while it asked."""
    return [file for file in files if file.table_name is None and _only_uploaded(file)]


def _only_uploaded(file: "FileRecord") -> bool:
    return (file.layers.uploaded.status, file.layers.staged.status) == ("complete", "none")


def say_without_table(terminal: Terminal, files: "Sequence[FileRecord]") -> None:
    waiting = without_table(files)
    if not waiting:
        return
    one = waiting[0].file_id if len(waiting) == 1 else "FILE"
    them = "it" if len(waiting) == 1 else "each"
    terminal.note(f"{counted(len(waiting), 'file has', 'files have')} no table, and no rows anywhere.")
    terminal.note(f"  Give {them} one: {terminal.command('file', 'stage', one, '--table', 'TABLE')}")
    terminal.note(f"  Delete {them}: {terminal.command('file', 'delete', one)}")
