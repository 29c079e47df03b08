"""`knowledger op`: what runs and what ran."""

from typing import Annotated

import typer

from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.outcomes import leave_unless_good, results
from knowledger.cli.session import AsJson, chosen_graph, session_of

app = typer.Typer(help="List, watch and cancel operations.", no_args_is_help=True)


@app.command("list")
def list_operations(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="pending, running, completed, failed or cancelled.")] = None,
    graph: Annotated[str | None, typer.Option("--graph", "-g", help="Only those of this graph, by name or id.")] = None,
    kind: Annotated[str | None, typer.Option(help="Such as stage_file or materialize.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List operations, newest first."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        graph_id = graph if graph is None or graph.startswith("kg_") else chosen_graph(kn, graph).graph_id
        page = kn.operations.list(status=status, graph_id=graph_id, kind=kind, limit=limit)
    if session.terminal.json:
        session.terminal.data(encode(page))
        return
    rows = [
        (item.operation_id, item.operation_type, item.status, item.graph_id, item.created_at, item.message)
        for item in page.operations
    ]
    session.terminal.table(("operation", "kind", "status", "graph", "created", "message"), rows)


@app.command()
def watch(
    context: typer.Context,
    operations: Annotated[
        list[str] | None, typer.Argument(metavar="OP…", help="Without: all that have not ended.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Watch operations until they end. Takes up where it left off after any break of the connection."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        if not operations:
            waiting = [
                item for status in ("running", "pending") for item in kn.operations.list(status=status).operations
            ]
            operations = [item.operation_id for item in waiting]

        def watched(operation_id: str) -> Job[object]:
            def work(running: Work) -> object:
                operation = kn.operations.get(operation_id)
                running.follow(operation)
                return operation.status()

            return Job(operation_id, work)

        outcomes = run_jobs(session.terminal, [watched(item) for item in operations], at_once=32)
    records = results(session.terminal, outcomes)
    if session.terminal.json:
        session.terminal.data(encode(records))
    elif not operations:
        session.terminal.note("Nothing runs.")
    leave_unless_good(outcomes)


@app.command()
def cancel(
    context: typer.Context, operations: Annotated[list[str], typer.Argument(metavar="OP…")], as_json: AsJson = False
) -> None:
    """Ask operations to end."""
    session = session_of(context)
    with session.connect() as kn:
        for operation_id in operations:
            kn.operations.get(operation_id).cancel()
            session.terminal.done(f"{operation_id} is asked to end.")
    if session.terminal.json:
        session.terminal.data({"cancelled": operations})
