"""`knowledger connect`: banks that a graph is fed by."""

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.outcomes import leave_unless_good, one_result, results
from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import AsJson, GraphOption, Session, chosen_graph, session_of
from knowledger.cli.terminal import Terminal
from knowledger.cli.words import command, counted

if TYPE_CHECKING:
    from knowledger.client import Client, Graph, Operation
    from knowledger.client.connections import ConnectionRecord, LinkedRecord, Synced

app = typer.Typer(help="Link banks; list, sync and remove what is linked.", no_args_is_help=True)

ConnectionId = Annotated[str, typer.Argument(metavar="CONNECTION")]
_MADE = "Banking"
"""The graph for banks where no other is named."""
_LOOK_S = 2.0
_PATIENCE_S = 30 * 60.0


class Bank(StrEnum):
    HOUSEHOLD = "household"
    WORKSHOP = "workshop"


class Event(StrEnum):
    SPEND = "spend"
    WEBHOOK = "webhook"
    SIGN_OUT = "sign_out"


_BANKS = {Bank.HOUSEHOLD: "ins_example_1", Bank.WORKSHOP: "ins_example_2"}


@app.command()
def plaid(
    context: typer.Context,
    graph: GraphOption = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="A made-up bank that comes with Knowledger; needs no account at Plaid.")
    ] = False,
    bank: Annotated[Bank, typer.Option(help="Which made-up bank.")] = Bank.HOUSEHOLD,
    books: Annotated[
        bool, typer.Option("--books", help="Keep simple cash books of it too, in the types of ledger.")
    ] = False,
    connection: Annotated[str | None, typer.Option(help="Sign in again to what is linked already.")] = None,
    as_json: AsJson = False,
) -> None:
    """Link a bank to a graph, and take in its accounts and transactions."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        fed = _graph_to_feed(session, kn, graph, made_where_missing=sandbox and connection is None)
        if sandbox and connection is None:
            token = fed.connections.made_up(institution_id=_BANKS[bank])
            linked = fed.connections.exchange(token, environment="example", keeps_books=books)
        else:
            linked = _by_page(session.terminal, fed, "example" if sandbox else None, connection, books)
        assert linked.connection is not None
        assert linked.operation is not None
        operation = fed.connections.following(linked.operation.operation_id)
        one_result(run_jobs(session.terminal, [_syncing(linked.connection, operation)]))
        record = fed.connections.get(linked.connection.connection_id)
    if session.terminal.json:
        session.terminal.data(encode(record))
        return
    _show_accounts(session.terminal, record)
    _say_what_next(session.terminal, record)


@app.command("list")
def list_connections(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """List the banks that a graph is fed by."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).connections.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.connection_id, item.institution_name, item.status, len(item.accounts), item.transactions, item.synced_at)
        for item in found
    ]
    columns = ("connection", "bank", "status", "accounts", "transactions", "synced")
    session.terminal.table(columns, rows, empty=_no_bank(session.terminal))
    for item in found:
        if item.status == "sign_in_required":
            again = session.terminal.command("connect", "plaid", "--connection", item.connection_id)
            session.terminal.note(f"{item.institution_name} wants you to sign in again: {again}")


@app.command()
def sync(
    context: typer.Context,
    connections: Annotated[list[str] | None, typer.Argument(metavar="CONNECTION…", help="Without: all.")] = None,
    graph: GraphOption = None,
    as_json: AsJson = False,
) -> None:
    """Take in what changed at the bank, now."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        fed = chosen_graph(kn, graph)
        wanted = [item for item in fed.connections.list() if not connections or item.connection_id in connections]
        if missing := set(connections or ()) - {item.connection_id for item in wanted}:
            see = session.terminal.command("connect", "list")
            raise UsageProblem(f"There is no connection {min(missing)} here.", f"See them: {see}")
        jobs = [_syncing(item, fed.connections.sync(item.connection_id)) for item in wanted]
        outcomes = run_jobs(session.terminal, jobs)
    done = results(session.terminal, outcomes)
    if session.terminal.json:
        session.terminal.data(encode(done))
    elif not wanted:
        session.terminal.note(_no_bank(session.terminal))
    leave_unless_good(outcomes)


@app.command()
def remove(
    context: typer.Context,
    connection: ConnectionId,
    graph: GraphOption = None,
    forget: Annotated[bool, typer.Option("--forget", help="Take what was synced out of the graph as well.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """End the access to a bank, and say what is kept."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        fed = chosen_graph(kn, graph)
        if not yes:
            name = fed.connections.get(connection).institution_name
            typer.confirm(f"End the access to {name}?", abort=True, err=True)
        removed = fed.connections.remove(connection, forget=forget)
    if session.terminal.json:
        session.terminal.data(encode(removed))
        return
    told = "ended at the bank" if removed.ended_at_bank else "forgotten here; its token could not be read"
    session.terminal.done(f"{connection}: the access is {told}.")
    if removed.files_kept:
        kept = f"{counted(removed.accounts_kept, 'account')} and {counted(removed.transactions_kept, 'transaction')}"
        session.terminal.note(f"The graph keeps {kept}, as of the last sync.")
    elif removed.files_deleted:
        session.terminal.note("What was synced leaves the graph with the materialization that has begun.")


@app.command()
def rehearse(
    context: typer.Context, connection: ConnectionId, event: Event, graph: GraphOption = None, as_json: AsJson = False
) -> None:
    """Let something happen at a made-up bank: money is spent, news is sent, the customer is signed out."""
    session = session_of(context)
    with session.connect() as kn:
        chosen_graph(kn, graph).connections.rehearse(connection, event.value)
    if session.terminal.json:
        session.terminal.data({"connection_id": connection, "event": event.value})
    session.terminal.done(f"{connection}: {event.value}. What comes of it: {command('op', 'watch')}")


def _graph_to_feed(session: Session, kn: "Client", wanted: str | None, *, made_where_missing: bool) -> "Graph":
    """The graph that is named or the only one; else the one for this, made where there is none or it may be."""
    own = [graph.name for graph in kn.graphs.list() if not graph.is_repository] if wanted is None else []
    if wanted is not None or len(own) == 1:
        return chosen_graph(kn, wanted)
    if _MADE in own:
        return chosen_graph(kn, _MADE)
    if own and not made_where_missing:
        return chosen_graph(kn, None)
    operation = kn.graphs.create(_MADE, extensions=["banking"])
    return one_result(run_jobs(session.terminal, [Job(f"graph “{_MADE}”", lambda work: work.follow(operation))]))


def _by_page(
    terminal: Terminal, fed: "Graph", environment: str | None, connection: str | None, books: bool
) -> "LinkedRecord":
    """Show the page, and look every two seconds whether the person is done there."""
    begun = fed.connections.begin_link(environment=environment, connection_id=connection)
    if begun.page_url is None:
        raise UsageProblem("Plaid gave no page to link by.", "Ask Plaid to allow Hosted Link for your account.")
    terminal.err.print(Text.assemble("Open ", (begun.page_url, "bold cyan"), " and sign in to your bank there."))
    ends_at = time.monotonic() + _PATIENCE_S
    with terminal.err.status("Waiting for you"):
        while time.monotonic() < ends_at:
            linked = fed.connections.finish_link(
                begun.link_token, environment=environment, connection_id=connection, keeps_books=books
            )
            if linked.finished:
                return linked
            time.sleep(_LOOK_S)
    raise UsageProblem("Nobody signed in within half an hour.", "Begin again.")


def _syncing(record: "ConnectionRecord", operation: "Operation[Synced]") -> "Job[Synced]":
    def work(running: Work) -> "Synced":
        done = running.follow(operation)
        running.summary = f"{done.added:,} new, {done.modified:,} changed, {done.removed:,} gone"
        return done

    return Job(f"sync {record.institution_name or record.connection_id}", work)


def _no_bank(terminal: Terminal) -> str:
    return f"No bank is linked yet. Link a made-up one: {terminal.command('connect', 'plaid', '--sandbox')}"


def _show_accounts(terminal: Terminal, record: "ConnectionRecord") -> None:
    rows = [(item.name, item.mask, item.subkind, item.current_balance, item.currency) for item in record.accounts]
    terminal.table(("account", "ends in", "kind", "balance", "currency"), rows, title=record.institution_name)


def _say_what_next(terminal: Terminal, record: "ConnectionRecord") -> None:
    terminal.done(f"{record.connection_id} feeds {record.graph_id}: {counted(record.transactions, 'transaction')}.")
    ask = "MATCH (t:BankTransaction)-[:IN_CATEGORY]->(c:Category) RETURN c.name, count(*) AS times ORDER BY times DESC"
    terminal.note(f"Ask it: {command('query', '--graph', record.graph_id, ask)}")
    if record.environment == "example":
        rehearse = command("connect", "rehearse", record.connection_id, "spend", "--graph", record.graph_id)
        terminal.note(f"Let something happen: {rehearse}")
