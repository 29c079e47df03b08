"""`knowledger table`: load files, list and show tables, see rejected rows, ask with SQL."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from knowledger.cli.documents import read_schema
from knowledger.cli.intake import gather, read_mapping
from knowledger.cli.loading import LoadOptions
from knowledger.cli.loading import load as load_files
from knowledger.cli.queries import FormatOption, OutputOption, answer
from knowledger.cli.rejects import show_rejects
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of

app = typer.Typer(help="Load files into tables; look at tables and rejected rows.", no_args_is_help=True)


@app.command()
def load(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, patterns or archives: .zip, .tar, .tar.gz, .tgz, .tar.xz, .tar.zst.", metavar="FILE…"
        ),
    ],
    table: Annotated[
        str | None, typer.Option("--table", "-t", help="The table for all of them; else by their names.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="NAME=TABLE, again and again, or a JSON file of such pairs.")
    ] = None,
    graph: GraphOption = None,
    schema: Annotated[Path | None, typer.Option(help="Types to add to the graph first, as JSON.")] = None,
    on_error: Annotated[
        str, typer.Option(help="continue: leave rejected rows out. fail: load nothing of a file with any.")
    ] = "continue",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come of it, and keep nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept proposed types without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load files. Where the graph has no type for one, types and keys are proposed from its content."""
    session = session_of(context)
    options = LoadOptions(table, read_mapping(mapping or []), on_error, dry_run, yes)
    with session.connect() as kn, tempfile.TemporaryDirectory(prefix="knowledger-") as scratch:
        chosen = chosen_graph(kn, graph)
        if schema is not None and not dry_run:
            chosen.schema.extend(read_schema(schema))
        nested: list[str] = []
        intakes = gather(files, Path(scratch), nested)
        for archive in nested:
            session.terminal.note(f"{archive} is left out: to load what it holds, unpack it.")
        load_files(session.terminal, chosen, intakes, options)


@app.command("list")
def list_tables(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """List the tables of a graph with their counts."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).tables.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.table_name, item.kind, ", ".join(item.key), item.file_count, item.row_count, item.rejected_count)
        for item in found
    ]
    load = session.terminal.command("table", "load", "FILE")
    columns = ("table", "kind", "key", "files", "rows", "rejected")
    session.terminal.table(
        columns, rows, empty=f"The graph has no tables yet. Load files, and they are proposed: {load}"
    )


@app.command()
def show(context: typer.Context, table: str, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """Show a table's columns and its first rows."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).tables[table].record()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    columns = [
        (item.name, item.type, "key" if item.key else "required" if item.required else "", item.column)
        for item in found.columns
    ]
    session.terminal.table(("property", "type", "", "column"), columns, title=found.table_name)
    if found.preview is not None and found.preview.data:
        session.terminal.records(found.preview.data, found.preview.columns)


@app.command()
def rejects(
    context: typer.Context,
    table: str,
    graph: GraphOption = None,
    file: Annotated[str | None, typer.Option(help="Only those of this file id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(min=0, help="After so many.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show rejected rows: file, line, column, value, rule and reason."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        page = chosen_graph(kn, graph).tables[table].rejects(file_id=file, limit=limit, offset=offset)
    if session.terminal.json:
        session.terminal.data(encode(page))
        return
    show_rejects(session.terminal, page.rejects, total=page.total, table=table, offset=offset)


@app.command()
def sql(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="A SELECT over the staging tables; - reads it from stdin.")],
    graph: GraphOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's name
    output: OutputOption = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the staging tables with SQL."""
    session = session_of(context)
    with session.connect() as kn:
        text = typer.get_text_stream("stdin").read() if statement == "-" else statement
        answer(session.terminal, chosen_graph(kn, graph).sql(text, timeout=timeout), format, output)
