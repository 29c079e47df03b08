"""Measures figures and writes them down: `python -m benchmarks [FIGURE…] [--quick] [--into FILE] [--directory DIR]`."""

import argparse
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    analyst,
    answering,
    backups,
    banking,
    billing,
    building,
    events,
    filing_graph,
    filings,
    forking,
    idling,
    mcp,
    querying,
    staging,
    starting,
    submitting,
)
from benchmarks.figure import Bench, Line, Measure
from benchmarks.machine import machine
from benchmarks.results import QUICK, Results, Run

FIGURES: Mapping[str, Measure] = {
    "staging": staging.measure,
    "filings": filings.measure,
    "filing_graph": filing_graph.measure,
    "building": building.measure,
    "backups": backups.measure,
    "forking": forking.measure,
    "banking": banking.measure,
    "billing": billing.measure,
    "events": events.measure,
    "submitting": submitting.measure,
    "querying": querying.measure,
    "mcp": mcp.measure,
    "analyst": analyst.measure,
    "answering": answering.measure,
    "idling": idling.measure,
    "starting": starting.measure,
}


def main() -> None:
    options = _options()
    began = datetime.now(UTC)
    run = Run(f"{began:%Y-%m-%d %H:%M:%S}{QUICK if options.quick else ''}", machine())
    print(run.machine)
    for name in options.figures or FIGURES:
        lines = _measured(name, options.directory, options.quick)
        results = Results(options.into)
        results.put(name, lines, run)
        results.write(list(FIGURES))


def _measured(name: str, directory: Path | None, quick: bool) -> list[Line]:
    """In a directory of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kn-", dir=directory) as own:
        lines = []
        for line in FIGURES[name](Bench(Path(own), quick)):
            lines.append(line)
            mark = "" if line.reached is None else f"  wanted {line.wanted}: {'yes' if line.reached else 'NO'}"
            print(f"{name:11}{line.what}\n{'':11}  {line.ours}  raw {line.raw}  ratio {line.ratio}{mark}", flush=True)
        return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; none named: all")
    parser.add_argument("--quick", action="store_true", help="small data and few rounds: to see that it works")
    parser.add_argument("--into", type=Path, default=Path(__file__).with_name("results.md"))
    parser.add_argument("--directory", type=Path, help="where a few gigabytes of files go while it runs")
    options = parser.parse_args()
    if unknown := set(options.figures) - FIGURES.keys():
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()
