"""`knowledger demo`: from files to answers, live."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from knowledger.cli.backups import backed_up, judged
from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.examples import FSDS, LEDGER, Example, shipped_files
from knowledger.cli.intake import Intake, gather
from knowledger.cli.loading import Loaded, loading
from knowledger.cli.outcomes import one_result, results
from knowledger.cli.proposal import type_names
from knowledger.cli.queries import built
from knowledger.cli.rejects import show_rejects
from knowledger.cli.session import session_of
from knowledger.cli.stack import ready_stack
from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client import Client, Graph
    from knowledger.client.records import Materialized


def demo(
    context: typer.Context,
    files: Annotated[Path | None, typer.Option(help="A zip of the SEC's Financial Statement Data Sets.")] = None,
    leave: Annotated[bool, typer.Option("--exit", help="Stop everything at the end instead of going on.")] = False,
    port: Annotated[int | None, typer.Option(help="The stack's port; 0 picks a free one.")] = None,
) -> None:
    """Start the stack, load example files, show what was rejected, and ask the graph."""
    from knowledger.client import Client

    terminal = session_of(context).terminal
    with tempfile.TemporaryDirectory(prefix="knowledger-") as scratch:
        example = FSDS if files else LEDGER
        intakes = example.intakes(gather([str(files)], Path(scratch)) if files else shipped_files())
        with ready_stack(terminal, port) as stack:
            with Client(stack.url, stack.credentials.api_key) as kn:
                tell(terminal, kn, example, intakes)
            if leave and stack.ours is not None:
                return
            terminal.out.print(Text.assemble("\nOpen ", (stack.signin_url(), "bold cyan"), " to go on in the browser."))
            if stack.ours is not None:
                terminal.note("Ctrl-C stops everything.")
                with suppress(KeyboardInterrupt):
                    stack.wait()


def tell(terminal: Terminal, kn: "Client", example: Example, intakes: Sequence[Intake]) -> None:
    """The whole story once: create, load, look at what was rejected, materialize, ask, back up, verify."""
    began = time.monotonic()
    graph = _created(terminal, kn, example)
    loaded = _loaded(terminal, graph, intakes)
    _show_rejected(terminal, graph, loaded)
    done = one_result(run_jobs(terminal, [Job("materialize", lambda work: built(work, graph.materialize()))]))
    _show_built(terminal, graph, done)
    for question in example.questions:
        _ask(terminal, graph, question.title, question.query)
    _back_up(terminal, graph)
    terminal.done(f"From files to answers in {time.monotonic() - began:.1f} s.")


def _created(terminal: Terminal, kn: "Client", example: Example) -> "Graph":
    name = f"Demo: {example.schema['name']}"

    def work(running: Work) -> "Graph":
        return running.follow(kn.graphs.create(name, schema=example.schema, tags=("demo",)))

    return one_result(run_jobs(terminal, [Job(f"graph “{name}”", work)]))


def _loaded(terminal: Terminal, graph: "Graph", intakes: Sequence[Intake]) -> list[Loaded]:
    jobs = [
        Job(f"{intake.name} → {intake.table}", loading(graph, intake, intake.table))
        for intake in intakes
        if intake.table is not None
    ]
    outcomes = run_jobs(terminal, jobs)
    loaded = results(terminal, outcomes)
    if len(loaded) < len(outcomes):
        raise typer.Exit(max(outcome.exit for outcome in outcomes))
    return loaded


def _show_rejected(terminal: Terminal, graph: "Graph", loaded: Sequence[Loaded]) -> None:
    rejects = [
        reject
        for item in loaded
        if item.staged.rows_rejected
        for reject in graph.tables[item.staged.table_name].rejects(file_id=item.staged.file_id, limit=10).rejects
    ]
    read = sum(item.staged.rows_read for item in loaded)
    terminal.done(f"{counted(read, 'row')} read, {sum(item.staged.rows_rejected for item in loaded):,} rejected.")
    if rejects:
        show_rejects(terminal, rejects, title="Rows that do not fit are kept aside, and say why")


def _show_built(terminal: Terminal, graph: "Graph", done: "Materialized") -> None:
    names = type_names(graph.schema.get())
    ordered = sorted(done.counts.items(), key=lambda item: names.index(item[0]) if item[0] in names else len(names))
    terminal.table(("type", "rows"), ordered, title="The graph")
    if done.rows_rejected:
        dangling = [
            reject
            for table in graph.tables.list()
            for reject in graph.tables[table.table_name].rejects(limit=1000).rejects
            if reject.rule in done.rejects_by_rule
        ]
        show_rejects(terminal, dangling[:4], title="Ends that no row stands for", total=len(dangling))


def _back_up(terminal: Terminal, graph: "Graph") -> None:
    operation = graph.backups.create()
    made = one_result(run_jobs(terminal, [Job("backup", lambda work: backed_up(work, operation))]))
    judged(terminal, graph.backups.verify(made.backup_id))


def _ask(terminal: Terminal, graph: "Graph", title: str, query: str) -> None:
    found = graph.query(query).answer
    terminal.out.print(Text.assemble((f"\n{title}", "bold")))
    terminal.out.print(Text(query, "dim"), soft_wrap=True)
    terminal.records(found.data, found.columns)
