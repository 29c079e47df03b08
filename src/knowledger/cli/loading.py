"""`knowledger table load`: files to their tables, inferring types where the graph has none for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledger.cli.board import Job, Outcome, Work, run_jobs
from knowledger.cli.intake import Intake, table_for
from knowledger.cli.outcomes import leave_unless_good, results
from knowledger.cli.problems import Exit
from knowledger.cli.proposal import accepted_proposal
from knowledger.cli.rejects import show_rejects
from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.records import Staged

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
    known = [
        Job(f"{intake.name} → {table}", loading(graph, intake, table, options)) for intake, table in chosen if table
    ]
    outcomes: list[Outcome[Loaded]] = run_jobs(terminal, known)
    new = [intake for intake, table in chosen if not table]
    if new:
        outcomes += load_new_types(terminal, graph, new, options)
    loaded = results(terminal, outcomes)
    show_loaded(terminal, graph, loaded)
    if options.dry_run:
        forget(graph, [item.staged.file_id for item in loaded])
        terminal.note("This was a dry run: nothing of it was kept.")
    leave_unless_good(outcomes, *(Exit.REJECTED for item in loaded if item.staged.rows_rejected))


def loading(graph: "Graph", intake: Intake, table: str, options: LoadOptions) -> Callable[[Work], Loaded]:
    """The work of uploading one file into a table and staging it."""

    def work(running: Work) -> Loaded:
        operation = graph.tables[table].load(
            intake.path, name=intake.name, on_error=options.on_error, on_progress=running.uploaded
        )
        return _summed_up(running, intake.name, running.follow(operation))

    return work


def _summed_up(running: Work, name: str, staged: "Staged") -> Loaded:
    rejected = f", {staged.rows_rejected:,} rejected" if staged.rows_rejected else ""
    running.summary = f"{staged.rows_accepted:,} rows{rejected}"
    return Loaded(name, staged)


def load_new_types(
    terminal: Terminal, graph: "Graph", intakes: Sequence[Intake], options: LoadOptions
) -> list[Outcome[Loaded]]:
    """Upload, infer types, show them, ask; then add them to the graph and stage. A refusal leaves nothing."""
    uploads = run_jobs(terminal, [Job(intake.name, _uploading(graph, intake)) for intake in intakes])
    file_ids = results(terminal, uploads)
    kept = False
    try:
        leave_unless_good(uploads)
        proposal = graph.schema.infer(*file_ids)
        names = {intake.stem.lower(): options.table for intake in intakes} if options.table else options.mapping or {}
        chosen = accepted_proposal(terminal, proposal, names, ask=not options.yes and not options.dry_run)
        if options.dry_run:
            return []
        graph.schema.extend(chosen.schema)
        kept = True
    finally:
        if not kept:
            forget(graph, file_ids)
    jobs = [
        Job(f"{name} → {node}", _staging(graph, file_id, name, node, options)) for file_id, name, node in chosen.files
    ]
    return run_jobs(terminal, jobs)


def _uploading(graph: "Graph", intake: Intake) -> Callable[[Work], str]:
    def work(running: Work) -> str:
        done = graph.files.upload(intake.path, name=intake.name, stage=False, on_progress=running.uploaded)
        return done.file.file_id

    return work


def _staging(graph: "Graph", file_id: str, name: str, table: str, options: LoadOptions) -> Callable[[Work], Loaded]:
    def work(running: Work) -> Loaded:
        staged = running.follow(graph.files.stage(file_id, table=table, on_error=options.on_error))
        return _summed_up(running, name, staged)

    return work


def forget(graph: "Graph", file_ids: Sequence[str]) -> None:
    for file_id in file_ids:
        graph.files.delete(file_id)


def show_loaded(terminal: Terminal, graph: "Graph", loaded: Sequence[Loaded]) -> None:
    """Rows read, accepted and rejected by file; then the first rejected rows."""
    from knowledger.client.decode import encode

    if terminal.json:
        terminal.data({"files": [{"file_name": item.name, "staged": encode(item.staged)} for item in loaded]})
        return
    columns = ("file", "table", "read", "accepted", "rejected")
    rows = [
        (item.name, item.staged.table_name, item.staged.rows_read, item.staged.rows_accepted, item.staged.rows_rejected)
        for item in loaded
    ]
    if rows:
        terminal.table(columns, rows)
    for item in loaded:
        if item.staged.rows_rejected:
            page = graph.tables[item.staged.table_name].rejects(file_id=item.staged.file_id, limit=REJECTS_SHOWN)
            show_rejects(terminal, page.rejects, total=page.total, title=f"Rejected from {item.name}", aside=True)
