"""`knowledger graph`: create, list, show and delete graphs."""

from pathlib import Path
from typing import Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.documents import read_schema
from knowledger.cli.outcomes import one_result
from knowledger.cli.session import AsJson, chosen_graph, session_of

app = typer.Typer(help="Create, list, show and delete graphs.", no_args_is_help=True)


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
    description: Annotated[str | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Create a graph."""
    session = session_of(context)
    with session.connect() as kn:
        types = read_schema(schema) if schema else None
        operation = kn.graphs.create(name, schema=types, extensions=extensions or (), description=description)
        graph = one_result(run_jobs(session.terminal, [Job(f"graph {name}", lambda work: work.follow(operation))]))
        if session.terminal.json:
            session.terminal.data({"graph_id": graph.graph_id, "name": name})
        else:
            session.terminal.out.print(graph.graph_id, markup=False)


@app.command("list")
def list_graphs(context: typer.Context, as_json: AsJson = False) -> None:
    """List your graphs."""
    from knowledger.client.decode import encode

    session = session_of(context)
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
    session.terminal.table(("graph", "name", "rows", "generation", "stale", "created"), rows)


@app.command()
def show(
    context: typer.Context,
    graph: Annotated[str | None, typer.Argument(help="Its name or id.", envvar="KNOWLEDGER_GRAPH")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a graph: what it holds and how fresh it is."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        record = chosen_graph(kn, graph).record()
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
        **({f"  {name}": count for name, count in generation.counts.items()} if generation else {}),
    }
    session.terminal.facts(facts)


@app.command()
def delete(
    context: typer.Context,
    graph: str,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a graph with all its files."""
    session = session_of(context)
    with session.connect() as kn:
        record = chosen_graph(kn, graph).record()
        if not yes:
            typer.confirm(f"Delete {record.name} ({record.graph_id}) and all its files?", abort=True, err=True)
        kn.graphs.get(record.graph_id).delete()
    if session.terminal.json:
        session.terminal.data({"graph_id": record.graph_id, "deleted": True})
    session.terminal.done(f"{record.name} is deleted.")
