"""Banks of graphs that were deleted: their access ends, and operators see where it does not."""

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.disconnect import end_orphans
from knowledger.domain.graphs.health import Finding
from knowledger.domain.upkeep.reports import Report


def unlink_deleted(sessions: sessionmaker[Session], banks: Banks) -> Report:
    """End the access at the bank of every connection whose graph was deleted."""
    found = end_orphans(sessions, banks)
    findings = [
        Finding("warning", "bank_still_linked", f"The graph of connection {connection_id} was deleted, and: {why}")
        for connection_id, why in found.refused.items()
    ]
    figures = {"banks_unlinked": len(found.ended), "banks_still_linked": len(found.refused)}
    return Report(f"The access to {len(found.ended):,} banks of deleted graphs ended.", figures, findings)
