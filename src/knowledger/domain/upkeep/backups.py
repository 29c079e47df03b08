"""Backups looked after: each is verified within a day, and those that no rule keeps go."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.catalogue import delete_expired
from knowledger.domain.backups.retention import Keep, thin_out
from knowledger.domain.backups.verify import VerifyBackup
from knowledger.domain.graphs.health import Finding, Severity
from knowledger.domain.operations.submit import submit
from knowledger.domain.upkeep.reports import Report
from knowledger.kernel.errors import InvalidInput
from knowledger.models.backups import Backup
from knowledger.models.graphs import Graph

VERIFIED_WITHIN: Final = timedelta(days=1)


class RetentionInvalid(InvalidInput):
    """KNOWLEDGER_BACKUPS_KEPT is not four numbers."""

    hint = "Give hours, days, weeks and months, such as 24,7,5,12; unset, backups are kept until they expire."


def verify_new_backups(session: Session) -> Report:
    """Submit a verification for each backup that has none yet, once; and tell of those that failed or were not done."""
    waiting = session.scalars(_there().where(Backup.verification.is_(None)).order_by(Backup.created_at)).all()
    for backup in waiting:
        submit(
            session,
            VerifyBackup(backup_id=backup.id),
            organization_id=backup.organization_id,
            user_id=None,
            graph_id=backup.graph_id,
            idempotency_key=f"verify:{backup.id}",
        )
    unsound = session.scalars(_there().where(Backup.verification["sound"].astext == "false")).all()
    late = session.scalars(
        _there().where(Backup.verification.is_(None), Backup.created_at < func.now() - VERIFIED_WITHIN)
    ).all()
    findings = [
        *(_finding("problem", "backup_damaged", backup, "cannot be restored as it is.") for backup in unsound),
        *(_finding("warning", "backup_unverified", backup, "was not verified within a day.") for backup in late),
    ]
    summary = f"{len(waiting):,} backups are being verified; {len(unsound):,} are damaged."
    return Report(summary, {"waiting": len(waiting), "damaged": len(unsound), "late": len(late)}, findings)


def thin_out_backups(sessions: sessionmaker[Session], keep: Keep | None) -> Report:
    """Delete backups that have expired and, where there is a rule, those that it does not keep: graph by graph."""
    with sessions() as session:
        having = select(Backup.graph_id).where(Backup.deleted_at.is_(None)).distinct()
        graph_ids = session.scalars(select(Graph.id).where(Graph.id.in_(having), Graph.deleted_at.is_(None))).all()
    surplus = 0
    for graph_id in graph_ids:
        with sessions.begin() as session:
            delete_expired(session, graph_id)
            if keep is not None:
                surplus += len(thin_out(session, graph_id, keep, dry_run=False).deleted)
    return Report(
        f"The backups of {len(graph_ids):,} graphs were looked through; {surplus:,} were no longer kept by a rule.",
        {"graphs": len(graph_ids), "deleted": surplus},
    )


def parse_keep(text: str | None) -> Keep | None:
    """`24,7,5,12` as hours, days, weeks and months. Raises RetentionInvalid."""
    if text is None:
        return None
    numbers = text.split(",")
    if len(numbers) != 4 or not all(number.strip().isdecimal() for number in numbers):
        raise RetentionInvalid
    return Keep(*map(int, numbers))


def _there() -> Select[Backup]:
    return select(Backup).where(
        Backup.kind != "export",
        Backup.deleted_at.is_(None),
        or_(Backup.expires_at.is_(None), Backup.expires_at > func.now()),
    )


def _finding(severity: Severity, code: str, backup: Backup, what: str) -> Finding:
    return Finding(severity, code, f"Backup {backup.id} of graph {backup.graph_id} {what}")
