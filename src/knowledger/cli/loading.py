"""`knowledger table load`: files to their tables, inferring types where the graph has none for them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.cli.behind import without_table
from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.intake import Intake, table_for
from knowledger.cli.outcomes import leave_unless_good, results
from knowledger.cli.problems import Exit
from knowledger.cli.proposal import Chosen, accepted_proposal
from knowledger.cli.rejects import show_rejects
from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.json import JsonObject
    from knowledger.client.records import FileRecord, Staged

REJECTS_SHOWN = 10


@dataclass(frozen=True)
class LoadOptions:
    table: str | None = None
    mapping: dict[str, str] | None = None
    on_error: str = "continue"
    dry_run: bool = False
    yes: bool = False


@dataclass(frozen=True)
class Loaded:
    """One file that was staged."""

    name: str
    staged: "Staged"


def load(terminal: Terminal, graph: "Graph", intakes: Sequence[Intake], options: LoadOptions) -> None:
    """Load files and show what came of them. Leaves with the exit code that fits."""
    tables = [table.table_name for table in graph.tables.list()]
    chosen = [(intake, table_for(intake, tables, options.mapping or {}, options.table)) for intake in intakes]
    new = [intake for intake, table in chosen if not table]
    added = add_types(terminal, graph, new, options) if new else None
    uploaded: list[str] = []
    jobs = [
        Job(f"{intake.name} → {table}", loading(graph, intake, table, options.on_error, uploaded))
        for intake, table in chosen
        if table
    ]
    if added is not None:
        tried = added.schema if options.dry_run else None
        uploaded += [id_ for id_, _, _ in added.files]
        jobs += [
            Job(f"{name} → {node}", staging(graph, id_, name, node, options.on_error, tried))
            for id_, name, node in added.files
        ]
    try:
        outcomes = run_jobs(terminal, jobs)
        loaded = results(terminal, outcomes)
        show_loaded(terminal, graph, loaded, added.schema if added else None)
    finally:
        if options.dry_run:
            forget(graph, uploaded)
            terminal.note("This was a dry run: nothing of it was kept.")
    leave_unless_good(outcomes, *(Exit.REJECTED for item in loaded if item.staged.rows_rejected))


def loading(
    graph: "Graph", intake: Intake, table: str, on_error: str = "continue", uploaded: list[str] | None = None
) -> Callable[[Work], Loaded]:
    """The work of uploading one file into a table and staging it. Its id is added to `uploaded` once it is whole."""

    def work(running: Work) -> Loaded:
        done = graph.files.upload(
            intake.path, name=intake.name, table=table, on_error=on_error, on_progress=running.uploaded
        )
        if uploaded is not None:
            uploaded.append(done.file.file_id)
        operation = (
            graph.files.staging(done.operation)
            if done.operation is not None
            else graph.files.stage(done.file.file_id, table=table, on_error=on_error)
        )
        return _summed_up(running, intake.name, running.follow(operation))

    return work


def _summed_up(running: Work, name: str, staged: "Staged") -> Loaded:
    rejected = f", {staged.rows_rejected:,} rejected" if staged.rows_rejected else ""
    running.summary = counted(staged.rows_accepted, "row") + rejected
    return Loaded(name, staged)


def add_types(terminal: Terminal, graph: "Graph", intakes: Sequence[Intake], options: LoadOptions) -> Chosen:
    """Upload, infer types, show them, ask, and add them to the graph. A refusal leaves nothing, a dry run the files."""
    there = without_table(graph.files.list())
    uploads = run_jobs(terminal, [Job(intake.name, _uploading(graph, intake, there)) for intake in intakes])
    file_ids = results(terminal, uploads)
    kept = False
    try:
        leave_unless_good(uploads)
        proposal = graph.schema.infer(*file_ids)
        names = {intake.stem.lower(): options.table for intake in intakes} if options.table else options.mapping or {}
        chosen = accepted_proposal(terminal, proposal, names, ask=not options.yes and not options.dry_run)
        if not options.dry_run:
            graph.schema.extend(chosen.schema)
        kept = True
    finally:
        if not kept:
            forget(graph, file_ids)
    return chosen


def _uploading(graph: "Graph", intake: Intake, there: "Sequence[FileRecord]") -> Callable[[Work], str]:
    """What a load that was killed has left `there` is taken up, where it is the same file."""

    def work(running: Work) -> str:
        for file in there:
            if file.file_name == intake.name and file.sha256 == _sha256(intake.path):
                running.summary = "there already"
                return file.file_id
        done = graph.files.upload(intake.path, name=intake.name, stage=False, on_progress=running.uploaded)
        return done.file.file_id

    return work


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def staging(
    graph: "Graph",
    file_id: str,
    name: str,
    table: str | None,
    on_error: str = "continue",
    types: "JsonObject | None" = None,
) -> Callable[[Work], Loaded]:
    """The work of staging a file that is uploaded already, or of trying it against types that the graph has not."""

    def work(running: Work) -> Loaded:
        staged = running.follow(graph.files.stage(file_id, table=table, on_error=on_error, types=types))
        return _summed_up(running, name, staged)

    return work


def forget(graph: "Graph", file_ids: Sequence[str]) -> None:
    for file_id in file_ids:
        graph.files.delete(file_id)


def show_loaded(
    terminal: Terminal, graph: "Graph", loaded: Sequence[Loaded], schema: "JsonObject | None" = None
) -> None:
    """Rows read, accepted and rejected by file; then the first rejected rows. `schema` is what was added for them."""
    from knowledger.client.decode import encode

    if terminal.json:
        files = [{"file_name": item.name, "staged": encode(item.staged)} for item in loaded]
        terminal.data({"schema": schema, "files": files})
        return
    columns = ("file", "table", "read", "accepted", "rejected")
    rows = [
        (item.name, item.staged.table_name, item.staged.rows_read, item.staged.rows_accepted, item.staged.rows_rejected)
        for item in loaded
    ]
    if rows:
        terminal.table(columns, rows)
    for item in loaded:
        title = f"Rejected from {item.name}"
        if item.staged.first_rejects:
            show_rejects(terminal, item.staged.first_rejects, total=item.staged.rows_rejected, title=title, aside=True)
        elif item.staged.rows_rejected:
            page = graph.tables[item.staged.table_name].rejects(file_id=item.staged.file_id, limit=REJECTS_SHOWN)
            show_rejects(
                terminal, page.rejects, total=page.total, table=item.staged.table_name, title=title, aside=True
            )
