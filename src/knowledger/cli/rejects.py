"""Rejected rows, as people look at them: where, what stood there, and why it does not fit."""

from typing import TYPE_CHECKING

from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.client.records import RejectPage

COLUMNS = ("file", "line", "column", "value", "rule", "reason")


def show_rejects(terminal: Terminal, page: "RejectPage", *, title: str | None = None, aside: bool = False) -> None:
    """A row without a line number, as in Parquet, is named by its row number."""
    rows = [
        (
            reject.file_name,
            reject.line if reject.line is not None else f"row {reject.row}" if reject.row is not None else None,
            reject.column,
            reject.value,
            reject.rule,
            reject.reason,
        )
        for reject in page.rejects
    ]
    terminal.table(COLUMNS, rows, title=title, aside=aside)
    if page.total > len(page.rejects):
        terminal.note(
            f"… and {page.total - len(page.rejects):,} more: knowledger table rejects TABLE --limit {page.total}"
        )
