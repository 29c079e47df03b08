"""`knowledger backup`: make, list, verify, restore, download and delete backups; export graphs."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.bars import size
from knowledger.cli.board import Job, Work, run_jobs
from knowledger.cli.outcomes import one_result
from knowledger.cli.problems import Exit
from knowledger.cli.session import AsJson, GraphOption, chosen_graph, session_of
from knowledger.cli.terminal import Terminal
from knowledger.cli.words import most_first

if TYPE_CHECKING:
    from knowledger.client import Operation
    from knowledger.client.backups import BackedUp, Verified

app = typer.Typer(help="Make, verify, restore and export backups.", no_args_is_help=True)

BackupId = Annotated[str, typer.Argument(metavar="BACKUP")]
KeepDays = Annotated[int | None, typer.Option("--keep-days", min=1, help="Delete it after so many days.")]


class Kind(StrEnum):
    FULL = "full"
    LOGICAL = "logical"


class ExportFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"


@app.command()
def create(
    context: typer.Context,
    graph: GraphOption = None,
    kind: Annotated[
        Kind, typer.Option(help="full: the graph's file; logical: its rows, for any version of the engine.")
    ] = Kind.FULL,
    verify: Annotated[
        bool, typer.Option("--verify", help="Put it back into private files at once and compare.")
    ] = False,
    keep_days: KeepDays = None,
    as_json: AsJson = False,
) -> None:
    """Back a graph up, while it is used."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        operation = chosen.backups.create(kind=kind.value, retention_days=keep_days)
        done = one_result(run_jobs(session.terminal, [Job("backup", lambda work: backed_up(work, operation))]))
        verdict = judged(session.terminal, chosen.backups.verify(done.backup_id)) if verify else None
    if session.terminal.json:
        session.terminal.data({"backup": encode(done), "verification": verdict and encode(verdict)})
    else:
        session.terminal.out.print(done.backup_id, markup=False)
    _leave_unless_sound(verdict)


@app.command("list")
def list_backups(context: typer.Context, graph: GraphOption = None, as_json: AsJson = False) -> None:
    """List a graph's backups and exports, newest first."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).backups.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (item.backup_id, item.kind, item.format, sum(item.counts.values()), size(item.size_bytes), item.created_at,
         item.verified_at, item.expires_at)
        for item in found
    ]  # fmt: skip
    columns = ("backup", "kind", "format", "rows", "size", "created", "verified", "expires")
    make = session.terminal.command("backup", "create")
    session.terminal.table(columns, rows, empty=f"The graph has no backups yet. Make one: {make}")


@app.command()
def verify(
    context: typer.Context,
    backup: BackupId,
    graph: GraphOption = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every row, and compare them with a graph built of the staged rows.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into private files, open it and count again."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        verdict = judged(session.terminal, chosen_graph(kn, graph).backups.verify(backup, deep=deep))
    if session.terminal.json:
        session.terminal.data(encode(verdict))
    _leave_unless_sound(verdict)


@app.command()
def restore(
    context: typer.Context,
    backup: BackupId,
    graph: GraphOption = None,
    to: Annotated[str | None, typer.Option(help="The name of the new graph.")] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Take the graph itself, with its files, back to the backup.")
    ] = False,
    confirm: Annotated[str | None, typer.Option(help="The graph's name, for --in-place without a question.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new graph of a backup, or put it back in place."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        if in_place and confirm is None:
            name = chosen.record().name
            confirm = typer.prompt(f"{name} will be as it was then, with its files. Type its name", err=True)
        operation = chosen.backups.restore(backup, to=to, confirm=confirm if in_place else None)
        done = one_result(run_jobs(session.terminal, [Job("restore", lambda work: work.follow(operation))]))
    if session.terminal.json:
        session.terminal.data(encode(done))
        return
    before = done.counts_before if done.in_place else {}
    rows = [(name, before.get(name), count) for name, count in most_first(done.counts)]
    session.terminal.table(("type", "before", "restored"), rows)
    session.terminal.done(f"{done.graph_id} holds the backup as its generation {done.number}.")


@app.command()
def download(
    context: typer.Context,
    backup: BackupId,
    output: Annotated[Path, typer.Option("--output", "-o", help="A file, which appears only when it is whole.")],
    graph: GraphOption = None,
    as_json: AsJson = False,
) -> None:
    """Save a backup, encrypted as it is stored, or an export's zip."""
    session = session_of(context)
    with session.connect() as kn:
        chosen_graph(kn, graph).backups.download(backup, output)
    if session.terminal.json:
        session.terminal.data({"backup_id": backup, "path": str(output), "size_bytes": output.stat().st_size})
    session.terminal.done(f"{output}: {size(output.stat().st_size)}")


@app.command("import")
def import_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup, as `download` saved it.", exists=True, dir_okay=False)],
    graph: GraphOption = None,
    keep_days: KeepDays = None,
    as_json: AsJson = False,
) -> None:
    """Take a downloaded backup, of this graph or another, into a graph's backups, to be restored from there."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = chosen_graph(kn, graph).backups.upload(file, retention_days=keep_days)
    if session.terminal.json:
        session.terminal.data(encode(found))
    else:
        session.terminal.out.print(found.backup_id, markup=False)
    look = session.terminal.command("backup", "verify", found.backup_id)
    session.terminal.done(f"{file.name} is here. Look into it: {look}")


@app.command()
def delete(
    context: typer.Context,
    backup: BackupId,
    graph: GraphOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a backup or export."""
    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        if not yes:
            typer.confirm(f"Delete the backup {backup}?", abort=True, err=True)
        chosen.backups.delete(backup)
    if session.terminal.json:
        session.terminal.data({"backup_id": backup, "deleted": True})
    session.terminal.done(f"{backup} is deleted.")


@app.command("export")
def export_graph(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip, which appears only when it is whole.")],
    format: Annotated[  # noqa: A002 - the option's name
        ExportFormat, typer.Option("--format", "-f", help="Of the files in the zip.")
    ] = ExportFormat.PARQUET,
    graph: GraphOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a graph to files for other programs, one for each type, and save their zip."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        chosen = chosen_graph(kn, graph)
        operation = chosen.backups.export(format.value)
        done = one_result(run_jobs(session.terminal, [Job("export", lambda work: work.follow(operation))]))
        chosen.backups.download(done.backup_id, output)
    if session.terminal.json:
        session.terminal.data(encode(done))
    session.terminal.done(f"{output}: {len(done.files)} files, {size(done.size_bytes)}")


@app.command("thin-out")
def thin_out(
    context: typer.Context,
    graph: GraphOption = None,
    hourly: Annotated[int, typer.Option(min=0, help="Keep the newest of each of so many hours.")] = 24,
    daily: Annotated[int, typer.Option(min=0, help="Keep the newest of each of so many days.")] = 7,
    weekly: Annotated[int, typer.Option(min=0, help="Keep the newest of each of so many weeks.")] = 5,
    monthly: Annotated[int, typer.Option(min=0, help="Keep the newest of each of so many months.")] = 12,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be deleted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep the newest backup of so many hours, days, weeks and months, and the newest verified one; delete the rest."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        kept = chosen_graph(kn, graph).backups.thin_out(
            hourly=hourly, daily=daily, weekly=weekly, monthly=monthly, dry_run=dry_run
        )
    if session.terminal.json:
        session.terminal.data(encode(kept))
        return
    rows = [*((item, "kept") for item in kept.kept), *((item, "deleted") for item in kept.deleted)]
    session.terminal.table(("backup", "would be" if dry_run else "is"), rows)


def backed_up(work: Work, operation: "Operation[BackedUp]") -> "BackedUp":
    done = work.follow(operation)
    work.summary = f"{sum(done.counts.values()):,} rows, {size(done.plain_bytes)} as {size(done.size_bytes)}"
    return done


def judged(terminal: Terminal, operation: "Operation[Verified]") -> "Verified":
    """Watch a verification, and say what it found."""

    def work(running: Work) -> "Verified":
        verdict = running.follow(operation)
        running.summary = "sound" if verdict.sound else "not sound"
        return verdict

    verdict = one_result(run_jobs(terminal, [Job("verify", work)]))
    for problem in verdict.problems:
        terminal.note(problem)
    if verdict.sound:
        how = "compared" if verdict.deep else "counted"
        terminal.done(f"{verdict.backup_id} is sound: {sum(verdict.counts.values()):,} rows {how}.")
    return verdict


def _leave_unless_sound(verdict: "Verified | None") -> None:
    if verdict is not None and not verdict.sound:
        raise typer.Exit(Exit.FAILED)
