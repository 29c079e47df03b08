"""What of EDGAR and of readings nothing leads to any more: lists that have changed, and what older parsers made."""

from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from knowledger.domain.graphs.collect import GRACE, Collected
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import FilingDocument, FilingReading, Page, StagedPartition


def collect_unreached(
    session: Session, objects: ObjectStore, *, grace: timedelta = GRACE, dry_run: bool = False
) -> Collected:
    """Forget readings of which a newer one is as old as `grace`, then delete the files that no record names.

    The bytes of filings always stay: they are what everything can be made of again.
    """
    _forget_older_readings(session, grace)
    readings = set(session.scalars(select(FilingReading.object_key).where(FilingReading.object_key.is_not(None))))
    bytes_of = {digest for column in (Page.sha256, FilingDocument.sha256) for digest in session.scalars(select(column))}
    if dry_run:
        session.rollback()
    else:
        session.commit()
    oldest_kept = utc_now() - grace
    unreached = [
        *(item for item in objects.list("readings/") if item.key not in readings),
        *(item for item in objects.list("edgar/") if item.key.rpartition("/")[2] not in bytes_of),
    ]
    found = [item for item in unreached if item.modified_at <= oldest_kept]
    if not dry_run:
        for item in found:
            objects.delete(item.key)
    return Collected([item.key for item in found], sum(item.size_bytes for item in found), dry_run)


def _forget_older_readings(session: Session, grace: timedelta) -> None:
    """A version that a quarter is still staged by keeps all of its readings: the quarter may be staged so once more."""
    newer = aliased(FilingReading)
    superseded = exists().where(
        newer.accession == FilingReading.accession,
        newer.read_at > FilingReading.read_at,
        newer.read_at <= utc_now() - grace,
    )
    staged_by = select(StagedPartition.parser_version)
    session.execute(delete(FilingReading).where(superseded, FilingReading.parser_version.not_in(staged_by)))
