"""One strike of the clock over all that bills."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.upkeep.billing import (
    allocate_credits,
    charge_overage,
    collect_payments,
    finalize_invoices,
    renew_subscriptions,
)
from knowledger.domain.upkeep.provisioning import provision_due


def tick(sessions: sessionmaker[Session], at: datetime) -> None:
    allocate_credits(sessions, at)
    charge_overage(sessions, at)
    renew_subscriptions(sessions, at)
    finalize_invoices(sessions, at)
    collect_payments(sessions, at, None)
    provision_due(sessions, at)
