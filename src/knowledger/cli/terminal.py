"""How the CLI speaks: data on stdout, everything else on stderr; tables and colour for eyes, plain text for pipes."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knowledger.cli.words import command

Cell = object
_ID = re.compile("[a-z]+_[0-9a-z]{26}")
"""What is copied from the screen stays on one line."""


@dataclass
class Terminal:
    """`json` is what `--json` asks for: one JSON document on stdout and no prose.

    `graph` is the `--graph` of this command, for those that it proposes.
    """

    json: bool = False
    graph: str | None = None
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    @property
    def is_interactive(self) -> bool:
        """Somebody is there to look at bars and to answer questions."""
        return self.err.is_terminal and sys.stdin.isatty()

    def command(self, *words: str) -> str:
        """A command about the same graph, as it can be typed."""
        return command(*words, *(("--graph", self.graph) if self.graph else ()))

    def note(self, text: str) -> None:
        """A remark for people, beside the data."""
        if not self.json:
            self.err.print(text, style="dim", markup=False)

    def done(self, text: str) -> None:
        if not self.json:
            self.err.print(Text.assemble(("✓ ", "green"), text))

    def data(self, value: object) -> None:
        print(json.dumps(value, indent=2, ensure_ascii=False, default=str))  # noqa: T201 - stdout is the answer

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        title: str | None = None,
        aside: bool = False,
        empty: str | None = None,
    ) -> None:
        """A table for eyes; where it is piped, tab-separated lines with a header, cut nowhere.

        One that stands `aside` is not the command's answer and goes to stderr. `empty` is what eyes see without rows.
        """
        console, stream = (self.err, sys.stderr) if aside else (self.out, sys.stdout)
        if console.is_terminal and empty and not rows:
            self.note(empty)
        elif console.is_terminal:
            console.print(_drawn(columns, rows, title, console.width), soft_wrap=False)
        else:
            heading = [(title,)] if aside and title else []
            for row in (*heading, columns, *rows):
                print("\t".join(_escaped(plain(cell)) for cell in row), file=stream)

    def facts(self, pairs: Mapping[str, Cell]) -> None:
        """One thing's properties, a line each."""
        if self.out.is_terminal:
            grid = Table.grid(padding=(0, 3))
            grid.add_column(style="dim")
            for name, value in pairs.items():
                grid.add_row(name, Text(_readable(value)))
            self.out.print(Padding(grid, (1, 2)))
            return
        for name, value in pairs.items():
            print(f"{name}\t{_escaped(plain(value))}")  # noqa: T201 - stdout is the answer

    def records(self, rows: Sequence[Mapping[str, Cell]], columns: Sequence[str]) -> None:
        self.table(columns, [[row.get(name) for name in columns] for row in rows])


def plain(cell: Cell) -> str:
    """A value as text that says all of it: dates in ISO 8601, lists and objects as JSON, nothing for null."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case datetime():
            return cell.isoformat(timespec="seconds")
        case Decimal():
            return f"{cell:f}"
        case dict() | list() | tuple():
            return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[Cell]], title: str | None, width: int) -> Table:
    has_room = sum(_least_width(columns[index], [row[index] for row in rows]) for index in range(len(columns))) <= width
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", header_style="bold dim")
    for index, name in enumerate(columns):
        numeric = any(_is_number(row[index]) for row in rows) and all(
            _is_number(row[index]) or row[index] is None for row in rows
        )
        identifies = any(_is_id(row[index]) for row in rows)
        table.add_column(
            Text(name), justify="right" if numeric else "left", overflow="fold", no_wrap=identifies and has_room
        )
    for row in rows:
        table.add_row(*(Text(_readable(cell)) for cell in row))
    return table


def _is_id(cell: Cell) -> bool:
    return isinstance(cell, str) and _ID.fullmatch(cell) is not None


def _least_width(name: str, cells: Sequence[Cell]) -> int:
    """With its padding: ids whole, all else by its longest word."""
    words = [word for text in (name, *map(_readable, cells)) for word in text.split()]
    return 2 + min(max(map(cell_len, words), default=0), 30)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _readable(cell: Cell) -> str:
    match cell:
        case None:
            return "–"
        case bool():
            return "yes" if cell else "no"
        case int():
            return f"{cell:,}"
        case Decimal():
            return f"{cell:,f}"
        case float():
            return f"{cell:,.2f}" if abs(cell) >= 1000 else f"{cell:.6g}"
        case datetime():
            return f"{cell.astimezone():%Y-%m-%d %H:%M}"
    return plain(cell).replace("\t", " ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
