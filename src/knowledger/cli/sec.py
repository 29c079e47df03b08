"""`knowledger sec`: the SEC's filings, shared as the graph `sec`."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.board import Job, run_jobs
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import Exit, UsageProblem
from knowledger.cli.session import AsJson, session_of
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client.sec import FilingsLoaded

_MOST_SAID = 5
_YEARS = re.compile("[12][0-9]{3}(-[12][0-9]{3})?")
_NOTHING_LOADED = "Load a company's: knowledger sec load AAPL --years 2023-2025"

app = typer.Typer(
    help="Load filings with the SEC into the shared graph `sec`, and see what is there.", no_args_is_help=True
)


@app.command()
def load(
    context: typer.Context,
    tickers: Annotated[list[str], typer.Argument(metavar="TICKER…", help="Tickers or CIKs.")],
    years: Annotated[str | None, typer.Option(help="The years that the reports are on: 2024, or 2023-2025.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Instead: filed from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="And until this one; else until today.")
    ] = None,
    forms: Annotated[
        list[str] | None,
        typer.Option("--form", "-f", help="Only this form; again and again. Else 10-K, 10-Q, 20-F, 40-F."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load companies' filings: fetch, read, stage and materialize them. What is there already is not fetched again."""
    from knowledger.client.decode import encode

    if (years is None) == (since is None):
        raise UsageProblem("Which filings?", "Say --years 2023-2025, or --from 2024-01-01 (and --to …).")
    if years is not None and not _YEARS.fullmatch(years):
        raise UsageProblem(f"{years!r} are no years.", "Write --years 2024, or --years 2023-2025.")
    first, last = (since.date(), (until or datetime.now().astimezone()).date()) if since else (None, None)
    session = session_of(context)
    with session.connect() as kn:
        operation = kn.sec.load(*tickers, years=years, first=first, last=last, forms=forms or ())
        done = one_result(
            run_jobs(session.terminal, [Job(f"filings of {', '.join(tickers)}", lambda work: work.follow(operation))])
        )
    if session.terminal.json:
        session.terminal.data(encode(done))
    else:
        session.terminal.out.print(summary(done), markup=False)
    if done.refused:
        raise typer.Exit(Exit.REJECTED)


def summary(done: "FilingsLoaded") -> str:
    if not done.filings:
        return "There are no such filings with XBRL."
    parts = [
        f"{counted(done.read, 'filing')} of {counted(len(done.companies), 'company', 'companies')} in the graph sec"
    ]
    if done.refused:
        parts.append(f"{done.refused} refused (knowledger sec filings --status refused)")
    if done.missing:
        parts.append(f"{done.missing} missing at EDGAR")
    return ", ".join(parts)


@app.command()
def companies(
    context: typer.Context,
    search: Annotated[str | None, typer.Argument(help="A ticker, a CIK or a part of the name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the companies of which filings were loaded."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.sec.companies(search=search, limit=limit)
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (", ".join(item.tickers), item.name, item.cik, item.industry, f"{item.stored} of {item.filings}")
        for item in found
    ]
    session.terminal.table(
        ("ticker", "company", "CIK", "industry", "filings"), rows, empty="No company was loaded yet. " + _NOTHING_LOADED
    )


@app.command()
def filings(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(help="A ticker or a CIK.")] = None,
    form: Annotated[str | None, typer.Option("--form", "-f", help="Only this form, such as 10-K.")] = None,
    status: Annotated[str | None, typer.Option(help="listed, missing, stored, read or refused.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List filings, newest first, how far each has come, and what of it Arelle reads otherwise."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.sec.filings(company=company, form=form, status=status, limit=limit)
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.filed_on, item.form, item.period_of_report, item.accession, item.status, item.facts,
         sum(item.findings.values()), item.problem)
        for item in found
    ]  # fmt: skip
    columns = ("filed", "form", "period", "accession", "status", "facts", "findings", "problem")
    session.terminal.table(columns, rows, empty="There are no such filings. " + _NOTHING_LOADED)
    for item in found:
        for said in (item.second_opinion or ())[:_MOST_SAID] if item.findings.get("second_opinion") else ():
            session.terminal.note(f"{item.accession}: {said}")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what the repository holds and how it stands."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.sec.status()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    generation = found.generation
    rows = [
        ("companies", found.companies),
        ("filings known", found.filings),
        ("stored", found.stored),
        ("read", found.read),
        ("refused", found.refused),
        ("staged", found.staged),
        ("read by Arelle as well", found.asked),
        ("of these differing", found.differing),
        ("not wholly compared", found.unchecked),
        ("newest", found.newest_filing),
        ("generation", generation and generation.number),
        ("rows in the graph", sum(generation.counts.values()) if generation else None),
        ("stale", found.is_stale),
        *([("problem", found.problem)] if found.problem else []),
    ]
    session.terminal.table(("repository sec", ""), rows)
