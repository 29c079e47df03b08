"""`knowledger`: the commands. They start fast: what is slow to import is imported by the command that needs it."""

import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

from knowledger import __version__
from knowledger.cli import (
    ask,
    backups,
    billing,
    condition,
    connect,
    demo,
    entities,
    files,
    graphs,
    keys,
    login,
    mcp,
    models,
    operations,
    pipelines,
    queries,
    schemas,
    sec,
    servers,
    subgraphs,
    tables,
)
from knowledger.cli.problems import Declined, FileProblem, exit_code, show_problem
from knowledger.cli.session import Session


class _Group(TyperGroup):
    """Says what went wrong in words, whichever command it went wrong in."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except Exception as error:
            problem = _for_people(error)
            if problem is None:
                raise
            session = ctx.find_object(Session) or Session()
            show_problem(session.terminal, problem)
            raise typer.Exit(exit_code(problem)) from None
        return result


def _for_people(error: Exception) -> Exception | None:
    match error:
        case typer.Abort():
            return Declined()
        case BrokenPipeError():
            return None
        case OSError() if error.errno is not None:
            return FileProblem(error)
    return error if _is_for_people(error) else None


def _is_for_people(error: Exception) -> bool:
    """Errors that say what and where and what to do. Any other is a fault of ours, whose trace is worth having."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"UsageProblem", "KnowledgerClientError", "KnowledgerError"})


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"knowledger {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turns financial files into knowledge graphs that people and AI agents query.",
    epilog="Exit codes: 0 done · 2 usage · 3 rows rejected · 4 failed · 5 cancelled · 6 not ended while watched",
)


@app.callback()
def options(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option(help="The server; else KNOWLEDGER_URL, a login, or this machine's.")
    ] = None,
    api_key: Annotated[str | None, typer.Option(help="The API key; else KNOWLEDGER_API_KEY, or a login's.")] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    context.obj = Session(url, api_key)


servers.add_to(app)
app.command()(demo.demo)
app.command()(login.login)
app.add_typer(keys.app, name="key")
condition.add_to(graphs.app)
app.add_typer(graphs.app, name="graph")
app.command("usage")(condition.all_usage)
app.add_typer(entities.app, name="entity")
app.add_typer(subgraphs.app, name="subgraph")
app.add_typer(schemas.app, name="schema")
app.add_typer(tables.app, name="table")
app.add_typer(files.app, name="file")
app.command()(queries.materialize)
app.command()(queries.query)
app.command()(ask.ask)
app.add_typer(models.app, name="model")
app.command()(mcp.mcp)
app.add_typer(backups.app, name="backup")
app.add_typer(operations.app, name="op")
app.add_typer(pipelines.app, name="pipeline")
app.add_typer(billing.app, name="billing")
app.add_typer(sec.app, name="sec")
app.add_typer(connect.app, name="connect")

if __name__ == "__main__":
    app()
