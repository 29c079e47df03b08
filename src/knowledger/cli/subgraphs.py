"""`knowledger subgraph`: create, list and delete subgraphs."""

from typing import Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.graphs import BackupKept, WithBackup
from knowledger.cli.outcomes import one_result
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of

app = typer.Typer(
    help="Create, list and delete subgraphs. Elsewhere a subgraph is --graph PARENT/NAME, or its id.",
    no_args_is_help=True,
)


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Small letters, digits, - and _, beginning with a letter.")],
    graph: GraphOption = None,
    fork: Annotated[bool, typer.Option("--fork", help="Begin as the parent is, instead of empty.")] = False,
    tables: Annotated[
        list[str] | None, typer.Option("--table", "-t", help="Begin with this table of the parent; again and again.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is for, in a sentence.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a subgraph, empty or as a fork."""
    session = session_of(context)
    with session.connect() as kn:
        parent = chosen_graph(kn, graph)
        operation = parent.subgraphs.create(name, fork=fork, tables=tables or (), description=description)
        made = one_result(run_jobs(session.terminal, [Job(f"subgraph {name}", lambda work: work.follow(operation))]))
    if session.terminal.json:
        session.terminal.data({"graph_id": made.graph_id, "parent_id": parent.graph_id, "subgraph_name": name})
    else:
        session.terminal.out.print(made.graph_id, markup=False)


@app.command("list")
def list_subgraphs(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """List the subgraphs of a graph."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).subgraphs.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.subgraph_name, item.graph_id, sum(item.generation.counts.values()) if item.generation else None,
         item.is_stale, item.created_at)
        for item in found
    ]  # fmt: skip
    make = session.terminal.command("subgraph", "create", "NAME")
    columns = ("name", "graph", "rows", "stale", "created")
    session.terminal.table(columns, rows, empty=f"The graph has no subgraphs. Make one: {make}")


@app.command()
def delete(
    context: typer.Context,
    name: str,
    graph: GraphOption = None,
    backup: WithBackup = False,
    keep_days: BackupKept = 30,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a subgraph with all that is its own."""
    session = session_of(context)
    with session.connect() as kn:
        parent = chosen_graph(kn, graph)
        if not yes:
            typer.confirm(f"Delete the subgraph {name} of {parent.record().name}?", abort=True, err=True)
        if backup:
            operation = parent.subgraphs.delete_with_backup(name, keep_days=keep_days)
            one_result(run_jobs(session.terminal, [Job("last backup", lambda work: work.follow(operation))]))
        else:
            parent.subgraphs.delete(name)
    if session.terminal.json:
        session.terminal.data({"parent_id": parent.graph_id, "subgraph_name": name, "deleted": True})
    session.terminal.done(f"{name} is deleted.")
