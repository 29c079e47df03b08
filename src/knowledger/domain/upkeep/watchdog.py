"""The watchdog: compares what was due with what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from knowledger.domain.graphs.health import Finding
from knowledger.domain.upkeep.reports import Report

PATIENCE: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Due:
    """A job's last due time that is past, and when it was last done. `may_take` is what a run of it may take."""

    job: str
    due_at: datetime
    done_at: datetime | None
    may_take: timedelta


def compare(dues: Iterable[Due], now: datetime) -> Report:
    """A finding for each job whose last due time has passed without a run that succeeded since."""
    all_dues = list(dues)
    missed = [due for due in all_dues if _is_missed(due, now)]
    return Report(
        f"{len(all_dues):,} jobs were due; {len(missed):,} were not done.",
        {"due": len(all_dues), "missed": len(missed)},
        [_finding(due) for due in missed],
    )


def _is_missed(due: Due, now: datetime) -> bool:
    is_done = due.done_at is not None and due.done_at >= due.due_at
    return not is_done and now > due.due_at + due.may_take + PATIENCE


def _finding(due: Due) -> Finding:
    last = f"last done {due.done_at:%Y-%m-%d %H:%M} UTC" if due.done_at else "never done"
    message = f"{due.job} was due at {due.due_at:%Y-%m-%d %H:%M} UTC and was not done ({last})."
    return Finding("problem", "not_done", message)
