"""Rejected rows, as people look at them: where, what stood there, and why it does not fit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.client.records import Reject

COLUMNS = ("file", "line", "column", "value", "rule", "reason")


def show_rejects(
    terminal: Terminal,
    rejects: "Sequence[Reject]",
    *,
    total: int = 0,
    title: str | None = None,
    aside: bool = False,
) -> None:
    """A row without a line number, as in Parquet, is named by its row number."""
    rows = [
        (reject.file_name, _place(reject), reject.column, reject.value, reject.rule, _reason(reject))
        for reject in rejects
    ]
    terminal.table(COLUMNS, rows, title=title, aside=aside)
    if total > len(rejects):
        terminal.note(f"… and {total - len(rejects):,} more: knowledger table rejects TABLE --offset {len(rejects)}")


def _place(reject: "Reject") -> str | None:
    if reject.line is not None:
        return str(reject.line)
    return f"row {reject.row}" if reject.row is not None else None


def _reason(reject: "Reject") -> str:
    """Without the column's name, which stands beside it."""
    return reject.reason.removeprefix(f"{reject.column}: ")
