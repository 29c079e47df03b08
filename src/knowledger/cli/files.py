"""`knowledger file`: the files of a graph, and how far each has come."""

from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.bars import size
from knowledger.cli.behind import say_without_table
from knowledger.cli.board import Job, run_jobs
from knowledger.cli.loading import show_loaded, staging
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import Exit, UsageProblem
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.records import FileRecord

app = typer.Typer(help="List, show, stage again and delete the files of a graph.", no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(help="Its name or id.", metavar="FILE")]
COLUMNS = ("file", "name", "table", "uploaded", "staged", "graph", "accepted", "rejected", "size", "time")


@app.command("list")
def list_files(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """List the files of a graph: how far each has come, and how many of its rows."""
    from knowledger.client.decode import encode

    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_graph(kn, graph).files.list()
    if terminal.json:
        terminal.data(encode(found))
        return
    rows = [_row(file, readable=terminal.out.is_terminal) for file in found]
    load = terminal.command("table", "load", "FILE")
    terminal.table(COLUMNS, rows, empty=f"The graph has no files yet. Load some: {load}")
    say_without_table(terminal, found)


@app.command()
def show(context: typer.Context, file: FileArgument, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """Show a file: what it is, how far it has come, and what stopped it."""
    from knowledger.client.decode import encode

    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_file(chosen_graph(kn, graph), file)
    if terminal.json:
        terminal.data(encode(found))
        return
    uploaded, staged, built = found.layers.uploaded, found.layers.staged, found.layers.graph
    terminal.facts(
        {
            "file": found.file_id,
            "name": found.file_name,
            "table": found.table_name,
            "format": found.file_format,
            "sha256": found.sha256,
            "uploaded": uploaded.status,
            "  size": size(uploaded.size_bytes) if terminal.out.is_terminal else uploaded.size_bytes,
            "  time": uploaded.at or found.created_at,
            "staged": staged.status,
            **_staged_facts(found),
            "graph": built.status,
            **({"  rows": built.rows, "  since": built.at} if built.status != "none" else {}),
        }
    )


@app.command()
def stage(
    context: typer.Context,
    file: FileArgument,
    table: Annotated[str | None, typer.Option("--table", "-t", help="Another table than it has now.")] = None,
    on_error: Annotated[
        str, typer.Option(help="continue: leave rejected rows out. fail: take nothing of a file with any.")
    ] = "continue",
    graph: GraphOption = None,
    as_json: AsJson = False,
) -> None:
    """Stage a file again, such as one with rejected rows that was loaded with --on-error fail."""
    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        found = chosen_file(chosen, file)
        name, into = found.file_name, table or found.table_name
        work = staging(chosen, found.file_id, name, into, on_error)
        loaded = one_result(run_jobs(session.terminal, [Job(f"{name} → {into}" if into else name, work)]))
        show_loaded(session.terminal, chosen, [loaded])
    if loaded.staged.rows_rejected:
        raise typer.Exit(Exit.REJECTED)


@app.command()
def delete(
    context: typer.Context,
    file: FileArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    graph: GraphOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete a file: its rows leave its table now, and the graph with the next materialization."""
    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        found = chosen_file(chosen, file)
        if not yes:
            typer.confirm(f"Delete {found.file_name} ({found.file_id}) and its rows?", abort=True, err=True)
        chosen.files.delete(found.file_id)
    if session.terminal.json:
        session.terminal.data({"file_id": found.file_id, "deleted": True})
    session.terminal.done(f"{found.file_name} is deleted.")
    if found.layers.graph.status == "current":
        session.terminal.note(f"The graph holds its rows until {session.terminal.command('materialize')}.")


def chosen_file(graph: "Graph", wanted: str) -> "FileRecord":
    """The file of this id or name. Raises UsageProblem where that is none, or several."""
    there = graph.files.list()
    found = [file for file in there if wanted in (file.file_id, file.file_name)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(file.file_id for file in found[:5])
        raise UsageProblem(f"{len(found)} files are named {wanted!r}.", f"Say which by its id: {listed}")
    names = ", ".join(file.file_name for file in there[:10]) or "none"
    raise UsageProblem(f"The graph has no file {wanted!r}.", f"It has: {names}")


def _row(file: "FileRecord", *, readable: bool) -> tuple[object, ...]:
    layers = file.layers
    return (
        *(file.file_id, file.file_name, file.table_name),
        *(layers.uploaded.status, layers.staged.status, layers.graph.status),
        *(layers.staged.rows_accepted, layers.staged.rows_rejected),
        size(layers.uploaded.size_bytes) if readable else layers.uploaded.size_bytes,
        layers.graph.at or layers.staged.at or layers.uploaded.at or file.created_at,
    )


def _staged_facts(file: "FileRecord") -> dict[str, object]:
    staged = file.layers.staged
    rules = ", ".join(f"{count:,} {rule}" for rule, count in staged.rejects_by_rule.items())
    error = staged.error.get("message") if isinstance(staged.error, dict) else staged.error
    facts = {
        "  read": staged.rows_read,
        "  accepted": staged.rows_accepted,
        "  rejected": f"{staged.rows_rejected:,} ({rules})" if rules else staged.rows_rejected,
        "  at": staged.at,
        "  operation": staged.operation_id,
        "  error": error,
    }
    return {name: value for name, value in facts.items() if value is not None}
