"""What goes wrong, said in three parts (what, where, what to do), and the exit code that goes with it."""

import json
import sys
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


class Declined(Exception):
    """A question of the command was not answered with yes."""

    message = "Nothing was changed."

    @property
    def hint(self) -> str | None:
        return None if sys.stdin.isatty() else "Nobody is there to be asked: add --yes where the command has it."


class FileProblem(Exception):
    """A file of this machine that could not be read or written."""

    def __init__(self, error: OSError) -> None:
        place = "The output" if error.filename is None else str(error.filename)
        self.message = f"{place} cannot be read or written: {error.strerror or error}."
        super().__init__(self.message)


def exit_code(error: Exception) -> Exit:
    from knowledger.client import OperationCancelled, OperationFailed, StreamLost, TimedOut

    match error:
        case UsageProblem():
            return Exit.USAGE
        case OperationCancelled() | Declined():
            return Exit.CANCELLED
        case TimedOut() | StreamLost():
            return Exit.UNFINISHED
        case OperationFailed(code="RowsRejected"):
            return Exit.REJECTED
    return Exit.FAILED


def show_problem(terminal: Terminal, error: Exception) -> None:
    message = str(getattr(error, "message", error))
    details = getattr(error, "details", None) or {}
    hint = _hint_here(terminal, error, details)
    if terminal.json:
        code = getattr(error, "code", type(error).__name__)
        body = {"error": {"code": code, "message": message, "hint": hint, "details": details}}
        terminal.err.file.write(json.dumps(body, ensure_ascii=False) + "\n")
        return
    if isinstance(error, Declined):
        terminal.err.print()  # the question may have no end of its line
    terminal.err.print(Text.assemble(("✗ ", "bold red"), message))
    for line in _places(details):
        terminal.err.print(Text(f"  {line}"))
    if hint:
        terminal.err.print(Text.assemble(("  → ", "cyan"), (str(hint).replace("\n", "\n    "), "dim")))


def _hint_here(terminal: Terminal, error: Exception, details: object) -> str | None:
    """The remedy; where the API can only describe it, the commands that are it."""
    files = details.get("files") if isinstance(details, dict) else None
    code, hint = getattr(error, "code", None), getattr(error, "hint", None)
    if code == "Unauthenticated":
        return "Name a key that works with --api-key or KNOWLEDGER_API_KEY, or keep one: knowledger login"
    if code != "FilesNotStaged" or not isinstance(files, list):
        return None if "details.problems" in str(hint) and not terminal.json else hint
    file = str(files[0]) if len(files) == 1 else "FILE"
    them = "it" if len(files) == 1 else "each"
    remedies = {
        "See why": terminal.command("file", "show", file),
        f"Stage {them} again": terminal.command("file", "stage", file),
        f"Delete {them}": terminal.command("file", "delete", file),
        f"Leave {them} out": terminal.command("materialize", "--ignore-errors"),
    }
    return "\n".join(f"{what}: {typed}" for what, typed in remedies.items())


def _places(details: object) -> list[str]:
    """The mistakes that an error lists one by one, such as those of a schema."""
    problems = details.get("problems") if isinstance(details, dict) else None
    if not isinstance(problems, list) or len(problems) < 2:
        return []
    shown = [f"{item.get('place')}: {item.get('problem')}" for item in problems[:10] if isinstance(item, dict)]
    return shown + ([f"… and {len(problems) - 10} more"] if len(problems) > 10 else [])
