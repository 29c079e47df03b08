"""From how jobs ended to what the command gives: their results, or the exit code of what went wrong first."""

from collections.abc import Sequence
from typing import TypeVar

import typer

from knowledger.cli.board import Outcome
from knowledger.cli.problems import Exit, show_problem
from knowledger.cli.terminal import Terminal

R = TypeVar("R")
_GRAVEST_FIRST = (Exit.FAILED, Exit.CANCELLED, Exit.UNFINISHED, Exit.REJECTED, Exit.USAGE)


def one_result(outcomes: Sequence[Outcome[R]]) -> R:
    """The result of the only job. Raises its error, or leaves with the code of a job that goes on without us."""
    (outcome,) = outcomes
    if outcome.error is not None:
        raise outcome.error
    if outcome.result is None:
        raise typer.Exit(Exit.UNFINISHED)
    return outcome.result


def results(terminal: Terminal, outcomes: Sequence[Outcome[R]]) -> list[R]:
    """The results there are; errors are shown."""
    for outcome in outcomes:
        if outcome.error is not None:
            show_problem(terminal, outcome.error)
    return [outcome.result for outcome in outcomes if outcome.result is not None]


def leave_unless_good(outcomes: Sequence[Outcome[R]], *more: Exit) -> None:
    """End the command with the gravest of their exit codes, if any is not 0."""
    codes = {*(outcome.exit for outcome in outcomes), *more}
    for code in _GRAVEST_FIRST:
        if code in codes:
            raise typer.Exit(code)
