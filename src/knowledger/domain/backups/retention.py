"""Which backups are kept: the newest of each of the last hours, days, weeks and months that have any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from knowledger.domain.backups.catalogue import delete_expired, list_backups
from knowledger.domain.graphs.catalogue import lock_graph
from knowledger.kernel.clock import utc_now
from knowledger.models.backups import Backup

_PERIODS = {"hourly": "%Y-%m-%d %H", "daily": "%Y-%m-%d", "weekly": "%G-%V", "monthly": "%Y-%m"}
"""What backups of the same hour, day, ISO week or month (all in UTC) have in common, for strftime."""


@dataclass(frozen=True)
class Keep:
    """How many hours, days, weeks and months that have backups keep their newest one."""

    hourly: int = 24
    daily: int = 7
    weekly: int = 5
    monthly: int = 12


@dataclass(frozen=True)
class Dated:
    """What deciding needs to know of a backup."""

    id: str
    created_at: datetime
    verified: bool


@dataclass(frozen=True)
class Thinned:
    """Ids, the newest first."""

    kept: list[str]
    deleted: list[str]


def thin_out(session: Session, graph_id: str, keep: Keep, *, dry_run: bool) -> Thinned:
    """Delete the graph's backups that no period keeps, and those that have expired. Exports only expire."""
    graph = lock_graph(session, graph_id)
    there = {backup.id: backup for backup in list_backups(session, graph.id) if backup.kind != "export"}
    kept = kept_of([_dated(backup) for backup in there.values()], keep)
    surplus = [backup for backup in there.values() if backup.id not in kept]
    if not dry_run:
        delete_expired(session, graph_id)
        for backup in surplus:
            backup.deleted_at = utc_now()
    return Thinned([name for name in there if name in kept], [backup.id for backup in surplus])


def kept_of(backups: Sequence[Dated], keep: Keep) -> set[str]:
    """The ids to keep. The newest verified one is always among them: without it nothing is certain to come back."""
    newest_first = sorted(backups, key=lambda item: (item.created_at, item.id), reverse=True)
    kept = {item.id for item in [item for item in newest_first if item.verified][:1]}
    for period, form in _PERIODS.items():
        newest: dict[str, str] = {}
        for item in newest_first:
            newest.setdefault(item.created_at.astimezone(UTC).strftime(form), item.id)
        kept.update(list(newest.values())[: getattr(keep, period)])
    return kept


def _dated(backup: Backup) -> Dated:
    return Dated(backup.id, backup.created_at, backup.verified_at is not None)
