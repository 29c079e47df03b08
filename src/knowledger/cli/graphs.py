"""`knowledger graph`: create, list, show, delete and undelete graphs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.documents import read_schema
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import NO_GRAPH, AsJson, GraphArgument, GraphNamed, Session, chosen_graph, session_of
from knowledger.cli.words import command, most_first

if TYPE_CHECKING:
    from knowledger.client import Client

app = typer.Typer(help="Create, list, show, delete and undelete graphs.", no_args_is_help=True)

WithBackup = Annotated[
    bool, typer.Option("--backup", help="Make a last backup first, which can be restored when all else is gone.")
]
BackupKept = Annotated[int, typer.Option("--keep-days", min=1, help="How long the last backup is kept.")]


@app.command()
def create(
    context: typer.Context,
    name: str,
    schema: Annotated[
        Path | None, typer.Option(help="Its types, as JSON. Without: inferred from the first files.")
    ] = None,
    extensions: Annotated[
        list[str] | None, typer.Option("--extension", metavar="NAME", help="Ready-made types it takes, such as ledger.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is for, in a sentence.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a graph."""
    session = session_of(context)
    with session.connect() as kn:
        types = read_schema(schema) if schema else None
        operation = kn.graphs.create(name, schema=types, extensions=extensions or (), description=description)
        graph = one_result(run_jobs(session.terminal, [Job(f"graph {name}", lambda work: work.follow(operation))]))
        named = [other.graph_id for other in kn.graphs.list() if other.name == name]
        if len(named) > 1:
            session.terminal.note(f"{len(named)} graphs are called {name} now: name them by id ({', '.join(named)}).")
        if session.terminal.json:
            session.terminal.data({"graph_id": graph.graph_id, "name": name})
        else:
            session.terminal.out.print(graph.graph_id, markup=False)


@app.command("list")
def list_graphs(
    context: typer.Context,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted and can come back.")] = False,
    as_json: AsJson = False,
) -> None:
    """List your graphs."""
    from knowledger.client.decode import encode

    session = session_of(context)
    if deleted:
        _list_deleted(session)
        return
    with session.connect() as kn:
        found = kn.graphs.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (graph.graph_id, graph.name, sum(graph.generation.counts.values()) if graph.generation else None,
         graph.generation.number if graph.generation else None, graph.is_stale, graph.created_at)
        for graph in found
    ]  # fmt: skip
    session.terminal.table(("graph", "name", "rows", "generation", "stale", "created"), rows, empty=NO_GRAPH)


@app.command()
def show(
    context: typer.Context,
    graph: GraphArgument = None,
    named: GraphNamed = None,
    as_json: AsJson = False,
) -> None:
    """Show a graph: what it holds and how fresh it is."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        record = chosen_graph(kn, named or graph).record()
    if session.terminal.json:
        session.terminal.data(encode(record))
        return
    generation = record.generation
    facts = {
        "graph": record.graph_id,
        "name": record.name,
        "description": record.description,
        "extensions": ", ".join(record.extensions),
        "created": record.created_at,
        "stale": record.stale_reason or record.is_stale,
        "generation": f"{generation.number} of {generation.created_at:%Y-%m-%d %H:%M} UTC" if generation else None,
        **({f"  {name}": count for name, count in most_first(generation.counts)} if generation else {}),
    }
    session.terminal.facts(facts)


@app.command()
def delete(
    context: typer.Context,
    graph: str,
    backup: WithBackup = False,
    keep_days: BackupKept = 30,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a graph with all its files. For a day it can be undeleted."""
    session = session_of(context)
    with session.connect() as kn:
        record = chosen_graph(kn, graph).record()
        if not yes:
            typer.confirm(f"Delete {record.name} ({record.graph_id}) and all its files?", abort=True, err=True)
        chosen = kn.graphs.get(record.graph_id)
        if backup:
            operation = chosen.delete_with_backup(keep_days=keep_days)
            one_result(run_jobs(session.terminal, [Job("last backup", lambda work: work.follow(operation))]))
        else:
            chosen.delete()
    if session.terminal.json:
        session.terminal.data({"graph_id": record.graph_id, "deleted": True})
    back = command("graph", "undelete", record.graph_id)
    session.terminal.done(f"{record.name} is deleted. {back} brings it back for a day.")


@app.command()
def undelete(
    context: typer.Context,
    graph: Annotated[str, typer.Argument(help="The deleted graph's name or id.")],
    last_backup: Annotated[
        bool, typer.Option("--last-backup", help="Make a new graph of its last backup, also when its files are gone.")
    ] = False,
    to: Annotated[str | None, typer.Option(help="With --last-backup: the new graph's name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a deleted graph back as it was, or restore its last backup."""
    session = session_of(context)
    with session.connect() as kn:
        graph_id = _chosen_deleted(kn, graph)
        if last_backup:
            operation = kn.graphs.restore_last(graph_id, to=to)
            done = one_result(run_jobs(session.terminal, [Job("restore", lambda work: work.follow(operation))]))
            graph_id = done.graph_id
        else:
            kn.graphs.undelete(graph_id)
        name = kn.graphs.get(graph_id).record().name
    if session.terminal.json:
        session.terminal.data({"graph_id": graph_id, "name": name})
    session.terminal.done(f"{name} ({graph_id}) is back.")


def _list_deleted(session: Session) -> None:
    from knowledger.client.decode import encode

    with session.connect() as kn:
        found = kn.graphs.deleted()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.graph_id, item.name, item.deleted_at, item.undelete_until,
         item.last_backup and item.last_backup.expires_at)
        for item in found
    ]  # fmt: skip
    columns = ("graph", "name", "deleted", "undelete until", "last backup until")
    session.terminal.table(columns, rows, empty="There is no deleted graph that could come back.")


def _chosen_deleted(kn: "Client", wanted: str) -> str:
    """The id of the deleted graph of this name or id. Raises UsageProblem."""
    found = [item.graph_id for item in kn.graphs.deleted() if wanted in (item.name, item.graph_id)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageProblem(f"There is no deleted graph {wanted!r}.", f"See {command('graph', 'list', '--deleted')}")
    raise UsageProblem(f"{len(found)} deleted graphs are named {wanted!r}.", f"Say which by its id: {', '.join(found)}")
