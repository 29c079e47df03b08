"""What goes wrong, said in three parts (what, where, what to do), and the exit code that goes with it."""

import json
from enum import IntEnum

from rich.text import Text

from knowledger.cli.terminal import Terminal


class Exit(IntEnum):
    """The exit codes of `knowledger`."""

    OK = 0
    USAGE = 2
    REJECTED = 3
    FAILED = 4
    CANCELLED = 5
    UNFINISHED = 6
    """It had not ended when we stopped watching: a time-out, a lost connection, or on request."""


class UsageProblem(Exception):
    """The command cannot be carried out as it was given."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


def exit_code(error: Exception) -> Exit:
    from knowledger.client import OperationCancelled, OperationFailed, StreamLost, TimedOut

    match error:
        case UsageProblem():
            return Exit.USAGE
        case OperationCancelled():
            return Exit.CANCELLED
        case TimedOut() | StreamLost():
            return Exit.UNFINISHED
        case OperationFailed(code="RowsRejected"):
            return Exit.REJECTED
    return Exit.FAILED


def show_problem(terminal: Terminal, error: Exception) -> None:
    message = str(getattr(error, "message", error))
    hint = getattr(error, "hint", None)
    details = getattr(error, "details", None) or {}
    if terminal.json:
        code = getattr(error, "code", type(error).__name__)
        body = {"error": {"code": code, "message": message, "hint": hint, "details": details}}
        terminal.err.file.write(json.dumps(body, ensure_ascii=False) + "\n")
        return
    terminal.err.print(Text.assemble(("✗ ", "bold red"), message))
    for line in _places(details):
        terminal.err.print(Text(f"  {line}"))
    if hint:
        terminal.err.print(Text.assemble(("  → ", "cyan"), (str(hint), "dim")))


def _places(details: object) -> list[str]:
    """The mistakes that an error lists one by one, such as those of a schema."""
    problems = details.get("problems") if isinstance(details, dict) else None
    if not isinstance(problems, list) or len(problems) < 2:
        return []
    shown = [f"{item.get('place')}: {item.get('problem')}" for item in problems[:10] if isinstance(item, dict)]
    return shown + ([f"… and {len(problems) - 10} more"] if len(problems) > 10 else [])
