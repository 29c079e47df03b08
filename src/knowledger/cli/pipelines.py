"""`knowledger pipeline`: what the clock and new data start."""

from typing import Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.outcomes import one_result
from knowledger.cli.session import AsJson, session_of

app = typer.Typer(
    help="List and run pipelines: what the clock and new data start. For operators of the server.",
    no_args_is_help=True,
)


@app.command("list")
def list_pipelines(context: typer.Context, as_json: AsJson = False) -> None:
    """List pipelines, with when each is due next and how its last run ended."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.pipelines.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = []
    for item in found:
        starts = ", ".join(trigger.cron or trigger.kind for trigger in item.triggers if trigger.is_on)
        due = min((trigger.next_at for trigger in item.triggers if trigger.next_at), default=None)
        last = item.last_runs[0] if item.last_runs else None
        rows.append((item.name, starts, due, last and last.status, last and last.started_at, item.description))
    session.terminal.table(("pipeline", "starts", "next", "last run", "started", "what it does"), rows)


@app.command()
def run(
    context: typer.Context,
    job: str,
    first: Annotated[
        str | None, typer.Option("--from", help="The first partition, for a pipeline that has some.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last partition; else only the first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a pipeline at once, or for each partition of a range that was missed."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        operation = kn.pipelines.run(job, first=first, last=last)
        done = one_result(run_jobs(session.terminal, [Job(job, lambda work: work.follow(operation))]))
    if session.terminal.json:
        session.terminal.data(encode(done))
    session.terminal.done(f"{job} ran: {', '.join(done.runs)}")


@app.command()
def reports(
    context: typer.Context,
    job: Annotated[str | None, typer.Option(help="Only those of this pipeline.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what upkeep did, newest first, and what it found that stands."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        page = kn.pipelines.reports(job=job, limit=limit)
    if session.terminal.json:
        session.terminal.data(encode(page))
        return
    for finding in page.findings:
        session.terminal.note(f"{finding.severity}: {finding.job}: {finding.message}")
    rows = [(item.at, item.job, item.summary, len(item.findings)) for item in page.reports]
    session.terminal.table(("when", "pipeline", "what it did", "findings"), rows)
