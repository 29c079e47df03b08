"""`knowledger up`, `doctor`, and the single processes of a stack for who runs them one by one."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from knowledger.cli.problems import Exit
from knowledger.cli.session import AsJson, session_of

_MARKS = {"ok": ("✓ ", "green"), "warn": ("! ", "yellow"), "fail": ("✗ ", "bold red")}
_SINGLE = "One process of the stack (production)"


def add_to(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(doctor)
    app.command(rich_help_panel=_SINGLE)(api)
    app.command(rich_help_panel=_SINGLE)(worker)
    app.command(rich_help_panel=_SINGLE)(host)


def up(
    home: Annotated[Path | None, typer.Option(help="The data directory.", envvar="KNOWLEDGER_HOME")] = None,
    port: Annotated[
        int | None, typer.Option(help="The one port; 0 picks a free one.", envvar="KNOWLEDGER_PORT")
    ] = None,
) -> None:
    """Start the whole stack on this machine, until Ctrl-C."""
    from knowledger.up.environment import supervisor_environment

    given = {"KNOWLEDGER_HOME": home, "KNOWLEDGER_PORT": port}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    _become("knowledger.up", supervisor_environment())


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is wrong on this machine, and how to mend it."""
    from dataclasses import asdict

    from knowledger.settings import Settings
    from knowledger.up.doctor import Verdict, run_checks

    terminal = session_of(context).terminal
    checks = run_checks(Settings())
    if terminal.json:
        terminal.data([asdict(check) for check in checks])
    for check in checks if not terminal.json else ():
        terminal.out.print(Text.assemble(_MARKS[check.verdict], f"{check.name}: {check.finding}"))
        if check.remedy:
            terminal.out.print(Text.assemble(("    → ", "cyan"), check.remedy))
    if any(check.verdict is Verdict.FAIL for check in checks):
        raise typer.Exit(Exit.FAILED)


def api() -> None:
    """Serve the REST API, the event streams and the web page."""
    _become("knowledger.api")


def worker() -> None:
    """Run operations."""
    _become("knowledger.tasks.worker")


def host() -> None:
    """Open graphs and answer queries."""
    _become("knowledger.host")


def _become(module: str, environment: Mapping[str, str] = os.environ) -> None:
    """The process itself, not a child: signals and exit codes are its own, and nothing of the CLI stays in memory."""
    if sys.stdout is not None:  # as it is where it was closed
        sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", module], environment)
