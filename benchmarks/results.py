"""The table of figures, in Markdown: a run replaces the rows of the figures it measured and keeps the others."""

import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figure import Line

_HEAD = """\
# Figures

Written by `make bench`, each beside the raw part that it is made of, measured in turns in the same run; times are
medians. Ratios of speed are ours to raw, all others are ours divided by raw. `make bench ARGS="staging --quick"` takes
small data and few rounds, whose figures say little; they never replace those of a whole run.

| figure | what | ours | raw | ratio | wanted | reached | run |
|---|---|---|---|---|---|---|---|
"""
_REACHED = {True: "yes", False: "**no**", None: "–"}
_ROW = re.compile(r"^\| (?P<figure>\w+) \|.*\| (?P<run>[^|]+) \|$", re.MULTILINE)
_RUN = re.compile(r"^- \*\*(?P<name>[^*]+)\*\*: .*$", re.MULTILINE)
QUICK = " quick"


@dataclass(frozen=True)
class Run:
    """`name` is unique: the time it began, and whether it was quick."""

    name: str
    machine: str


class Results:
    """The rows by figure, each with the run that it is of."""

    def __init__(self, path: Path) -> None:
        text = path.read_text() if path.exists() else ""
        self._path = path
        self._rows: dict[str, list[str]] = {}
        self._run_of: dict[str, str] = {}
        for row in _ROW.finditer(text):
            if row["figure"] != "figure":
                self._rows.setdefault(row["figure"], []).append(row[0])
                self._run_of[row["figure"]] = row["run"]
        self._runs = {run["name"]: run[0] for run in _RUN.finditer(text)}

    def put(self, figure: str, lines: list[Line], run: Run) -> None:
        whole = self._run_of.get(figure, QUICK)
        if run.name.endswith(QUICK) and not whole.endswith(QUICK):
            return
        self._rows[figure] = [row(figure, line, run.name) for line in lines]
        self._run_of[figure] = run.name
        self._runs[run.name] = f"- **{run.name}**: {run.machine}"

    def write(self, order: list[str]) -> None:
        rows = [line for figure in order for line in self._rows.get(figure, [])]
        runs = [text for name, text in self._runs.items() if name in self._run_of.values()]
        self._path.write_text(_HEAD + "\n".join([*rows, "", *runs]) + "\n")


def row(figure: str, line: Line, run: str) -> str:
    cells = (figure, line.what, line.ours, line.raw, line.ratio, line.wanted, _REACHED[line.reached], run)
    return f"| {' | '.join(cells)} |"
