"""`knowledger entity`: graphs around one entity."""

from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import AsJson, session_of

if TYPE_CHECKING:
    from knowledger.client.json import JsonObject

app = typer.Typer(help="Create graphs around one entity.", no_args_is_help=True)


@app.callback()
def entity() -> None:
    """Keeps `create` a command of its own while it is the only one."""


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The entity's name, and the graph's.")],
    cik: Annotated[str | None, typer.Option(help="The SEC's key.")] = None,
    lei: Annotated[str | None, typer.Option(help="Legal Entity Identifier; its check digits are checked.")] = None,
    ein: Annotated[str | None, typer.Option(help="The IRS's number, as in 12-3456789.")] = None,
    ticker: Annotated[str | None, typer.Option(help="Its symbol at the exchange.")] = None,
    sic: Annotated[str | None, typer.Option(help="Four digits.")] = None,
    fiscal_year_end: Annotated[str | None, typer.Option(help="A month and a day, as in --1231 or 12-31.")] = None,
    more: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Any other field, such as country=US.")
    ] = None,
    graph_name: Annotated[str | None, typer.Option(help="The graph's name, where it is another.")] = None,
    extensions: Annotated[
        list[str] | None, typer.Option("--extension", metavar="NAME", help="Ready-made types it takes, such as ledger.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a graph around an entity, which is its first node."""
    session = session_of(context)
    known = {"cik": cik, "lei": lei, "ein": ein, "ticker": ticker, "sic": sic, "fiscal_year_end": fiscal_year_end}
    described: JsonObject = {"name": name, **_fields(more or [])}
    described |= {field: value for field, value in known.items() if value is not None}
    with session.connect() as kn:
        operation = kn.graphs.create(graph_name or name, entity=described, extensions=extensions or ())
        graph = one_result(run_jobs(session.terminal, [Job(f"graph {name}", lambda work: work.follow(operation))]))
    if session.terminal.json:
        session.terminal.data({"graph_id": graph.graph_id, "name": graph_name or name})
    else:
        session.terminal.out.print(graph.graph_id, markup=False)


def _fields(pairs: list[str]) -> dict[str, str]:
    parted = [pair.partition("=") for pair in pairs]
    if wrong := [field for field, equals, _ in parted if not equals]:
        raise UsageProblem(f"--set {wrong[0]} has no value.", "Write it as FIELD=VALUE, such as country=US.")
    return {field.strip(): value for field, _, value in parted}
