"""`knowledger schema`: the node and relationship types of a graph."""

from pathlib import Path
from typing import Annotated

import typer

from knowledger.cli.documents import read_schema
from knowledger.cli.problems import Exit
from knowledger.cli.proposal import show_schema
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of

app = typer.Typer(help="See, export and check the types of a graph.", no_args_is_help=True)


@app.command()
def show(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """Show the types of a graph with their properties and keys."""
    session = session_of(context)
    with session.connect() as kn:
        show_schema(session.terminal, chosen_graph(kn, graph).schema.get())


@app.command()
def export(
    context: typer.Context,
    graph: GraphOption = None,
    ddl: Annotated[bool, typer.Option("--ddl", help="As the statements that create the graph's tables.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the types of a graph as JSON, as `graph create --schema` reads them."""
    session = session_of(context)
    with session.connect() as kn:
        exported = chosen_graph(kn, graph).schema.export()
    statements = exported.get("ddl")
    if ddl and isinstance(statements, list):
        session.terminal.out.print("\n".join(f"{str(line).rstrip(';')};" for line in statements), markup=False)
    else:
        session.terminal.data(exported.get("schema"))


@app.command()
def validate(context: typer.Context, schema: Path, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """Check a schema, and whether it could be added to a graph."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        verdict = chosen_graph(kn, graph).schema.validate(read_schema(schema))
    if session.terminal.json:
        session.terminal.data(encode(verdict))
    elif verdict.valid:
        session.terminal.done(f"{schema} is valid.")
        for item in verdict.conflicts:
            session.terminal.note(f"It cannot be added to this graph: {item.place}: {item.problem}")
    else:
        session.terminal.table(("place", "problem"), [(item.place, item.problem) for item in verdict.problems])
    if not verdict.valid:
        raise typer.Exit(Exit.REJECTED)
