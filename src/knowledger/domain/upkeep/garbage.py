"""Garbage: files that no pointer reaches."""

from sqlalchemy.orm import Session

from knowledger.domain.graphs.collect import collect_garbage
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.repositories.collect import collect_unreached
from knowledger.domain.upkeep.reports import Report


def collect_files(session: Session, objects: ObjectStore, *, dry_run: bool) -> Report:
    """Delete them, never one younger than the grace period; or, in a dry run, say how many there are."""
    parts = [collect(session, objects, dry_run=dry_run) for collect in (collect_garbage, collect_unreached)]
    count, size = sum(len(part.object_keys) for part in parts), sum(part.size_bytes for part in parts)
    verb = "would be" if dry_run else "were"
    return Report(
        f"{count:,} files that nothing points at, of {size / 2**20:,.1f} MiB, {verb} deleted.",
        {"files": count, "bytes": size, "dry_run": str(dry_run).lower()},
    )
