"""`knowledger materialize` and `knowledger query`."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.amounts import with_fewer_places
from knowledger.cli.bars import size
from knowledger.cli.behind import explained, remedy, say_without_table
from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import Exit, UsageProblem
from knowledger.cli.rejects import rejecting_tables, show_left_out
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of
from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted, most_first

if TYPE_CHECKING:
    from knowledger.client import Operation, QueryResult
    from knowledger.client.json import JsonObject
    from knowledger.client.records import Materialized, MaterializePlan


class Format(StrEnum):
    """How an answer is written to a file or a pipe."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"


FormatOption = Annotated[
    Format | None, typer.Option("--format", "-f", help="Instead of a table. Streams any number of rows.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="A file, which appears only when it is whole.")
]


def materialize(
    context: typer.Context,
    graph: GraphOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="From all staged rows, even if few are new.")] = False,
    ignore_errors: Annotated[
        bool, typer.Option("--ignore-errors", help="Leave files out that could not be staged.")
    ] = False,
    tables: Annotated[
        list[str] | None, typer.Option("--table", "-t", help="Only what is staged of this table; again and again.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the staged rows into the graph."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        if dry_run:
            plan = chosen.materialize_plan(rebuild=rebuild, ignore_errors=ignore_errors, tables=tables or ())
            _show_plan(session.terminal, plan)
            return
        operation = chosen.materialize(rebuild=rebuild, ignore_errors=ignore_errors, tables=tables or ())
        done = one_result(run_jobs(session.terminal, [Job("materialize", lambda work: built(work, operation))]))
        left_out = rejecting_tables(chosen, done) if done.rows_rejected and not session.terminal.json else []
        if not any(done.counts.values()):
            say_without_table(session.terminal, chosen.files.list())
    if session.terminal.json:
        session.terminal.data(encode(done))
    else:
        session.terminal.table(("type", "rows"), most_first(done.counts))
        if done.rows_rejected:
            show_left_out(session.terminal, done, left_out)
    if done.rows_rejected:
        raise typer.Exit(Exit.REJECTED)


def _show_plan(terminal: Terminal, plan: "MaterializePlan") -> None:
    from knowledger.client.decode import encode

    if terminal.json:
        terminal.data(encode(plan))
        return
    rows = [(item.table_name, item.rows_added, item.rows_removed) for item in plan.tables]
    terminal.table(("table", "rows added", "rows removed"), rows)
    files = f"{len(plan.files_added)} files come, {len(plan.files_removed)} go"
    terminal.note(f"{_METHODS[plan.method]}; {files}. This was a dry run: nothing was changed.")


_METHODS = {
    "nothing": "The graph is up to date",
    "append": "The graph would be extended",
    "rebuild": "The graph would be built anew",
}


def built(work: Work, operation: "Operation[Materialized]") -> "Materialized":
    done = work.follow(operation)
    work.summary = f"{counted(sum(done.counts.values()), 'row')}, {size(done.size_bytes)}"
    return done


def query(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="A Cypher query; - reads it from stdin.")],
    graph: GraphOption = None,
    parameters: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE; the value as JSON, or text.")
    ] = None,
    format: FormatOption = None,  # noqa: A002 - the option's name
    output: OutputOption = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the graph with Cypher."""
    session = session_of(context)
    given = read_parameters(parameters or [])
    with session.connect() as kn:
        text = typer.get_text_stream("stdin").read() if statement == "-" else statement
        chosen = chosen_graph(kn, graph)
        asked = chosen.query(text, given or None, timeout=timeout)
        with explained(session.terminal, chosen):
            answer(session.terminal, asked, format, output)
        is_shown = format is None and output is None and not session.terminal.json
        if is_shown and _is_hollow(asked) and (missing := remedy(session.terminal, chosen)):
            session.terminal.note(missing)


def _is_hollow(asked: "QueryResult") -> bool:
    """No row, or nothing in any, as where nothing is counted."""
    return not any(value for row in asked.answer.data for value in row.values())


def read_parameters(given: list[str]) -> "JsonObject":
    found: JsonObject = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageProblem(f"{text!r} is no parameter.", "Write --param name=value")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def answer(terminal: Terminal, result: "QueryResult", format: Format | None, output: Path | None) -> None:  # noqa: A002
    """Show an answer as a table, or pass it on in a format."""
    from knowledger.client.decode import encode

    if format is not None or output is not None:
        result.write(_media_type(format, output), output or sys.stdout.buffer)
    elif terminal.json:
        terminal.data(encode(result.answer))
    else:
        found = result.answer
        rows = [[row.get(name) for name in found.columns] for row in found.data]
        terminal.table(found.columns, with_fewer_places(rows))
        took = f" in {found.execution_time_ms:.0f} ms" if found.execution_time_ms is not None else ""
        terminal.note(
            counted(found.row_count, "row") + took + (", cut off by the server's limit" if found.truncated else "")
        )


def _media_type(format: Format | None, output: Path | None) -> str:  # noqa: A002
    from knowledger.client import queries

    chosen = format or (output.suffix.lstrip(".").lower() if output else "")
    types = {
        "csv": queries.CSV,
        "ndjson": queries.NDJSON,
        "jsonl": queries.NDJSON,
        "parquet": queries.PARQUET,
        "arrow": queries.ARROW,
    }
    if chosen not in types:
        raise UsageProblem(f"What should be written to {output}?", f"Name a format: --format {'|'.join(Format)}")
    return types[chosen]
