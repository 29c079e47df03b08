"""Rejected rows, as people look at them: where, what stood there, and why it does not fit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.records import Materialized, Reject

COLUMNS = ("file", "line", "column", "value", "rule", "reason")


def show_rejects(
    terminal: Terminal,
    rejects: "Sequence[Reject]",
    *,
    total: int = 0,
    table: str | None = None,
    offset: int = 0,
    title: str | None = None,
    aside: bool = False,
) -> None:
    """Those from `offset` on. A row without a line number, as in Parquet, is named by its row number."""
    rows = [
        (reject.file_name, _place(reject), reject.column, reject.value, reject.rule, _reason(reject))
        for reject in rejects
    ]
    terminal.table(COLUMNS, rows, title=title, aside=aside)
    shown = offset + len(rejects)
    if total > shown:
        more = f": {terminal.command('table', 'rejects', table, '--offset', str(shown))}" if table else "."
        terminal.note(f"… and {total - shown:,} more{more}")


def _place(reject: "Reject") -> str | None:
    if reject.line is not None:
        return str(reject.line)
    return f"row {reject.row}" if reject.row is not None else None


def _reason(reject: "Reject") -> str:
    """Without the column's name, which stands beside it."""
    return reject.reason.removeprefix(f"{reject.column}: ")


def rejecting_tables(graph: "Graph", done: "Materialized") -> list[str]:
    """The tables with rows that materializing left out, by the rules that these break."""
    return [
        table.table_name
        for table in graph.tables.list()
        if any(
            reject.rule in done.rejects_by_rule for reject in graph.tables[table.table_name].rejects(limit=1000).rejects
        )
    ]


def show_left_out(terminal: Terminal, done: "Materialized", tables: Sequence[str]) -> None:
    rules = ", ".join(f"{count:,} {rule}" for rule, count in done.rejects_by_rule.items())
    left_out = counted(done.rows_rejected, "row was left out", "rows were left out")
    terminal.note(f"{left_out} ({rules}). " + ("See why:" if tables else ""))
    for table in tables:
        terminal.note(f"  {terminal.command('table', 'rejects', table)}")
