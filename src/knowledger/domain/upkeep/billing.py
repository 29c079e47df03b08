"""Billing by the clock: each function does all that is due by a moment.

Every effect has a key, so a run that comes twice, late or in pieces ends where one run on time would have.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.allocation import allocate, organizations_to_allocate
from knowledger.domain.billing.buying import send_meter_readings
from knowledger.domain.billing.collecting import collect, organizations_to_collect_from
from knowledger.domain.billing.credits import organizations_with_late_reservations, time_out_reservations
from knowledger.domain.billing.customers import each, in_batches, unopened_organizations
from knowledger.domain.billing.grants import expire_grants, organizations_with_ended_grants
from knowledger.domain.billing.invariants import check_ledger, record_verdict
from knowledger.domain.billing.invoices import bill_past_days, organizations_to_bill
from knowledger.domain.billing.metering import organizations_to_meter, read_meters
from knowledger.domain.billing.overage import bill_overage, organizations_over
from knowledger.domain.billing.payments import Payments
from knowledger.domain.billing.renewal import organizations_to_renew, renew
from knowledger.domain.billing.storage import (
    Stored,
    count_days,
    organizations_with_days_to_count,
    record_snapshots,
)
from knowledger.domain.billing.subscriptions import open_customers
from knowledger.domain.billing.webhooks import act, open_events
from knowledger.domain.graphs.health import Finding
from knowledger.domain.graphs.usage import stored_bytes_of_all
from knowledger.domain.upkeep.reports import Report
from knowledger.kernel.periods import ONE_DAY

Sessions = sessionmaker[Session]
Due = Callable[[Session, datetime], list[str]]
Work = Callable[[Session, str, datetime], object]


class WorkOnMany(Protocol):
    def __call__(self, session: Session, /, *organization_ids: str, at: datetime) -> object: ...


def allocate_credits(sessions: Sessions, at: datetime) -> Report:
    """Open customers, collect credits that ended or were held too long, and give each month's."""
    opened = _all_in_batches(sessions, lambda session, _: unopened_organizations(session), open_customers, at)
    timed_out = _all(sessions, organizations_with_late_reservations, time_out_reservations, at)
    given = _all_in_batches(sessions, organizations_to_allocate, allocate, at)
    ended = _all_in_batches(sessions, organizations_with_ended_grants, expire_grants, at)
    figures = {"opened": opened, "allocated": given, "expired": ended, "timed_out": timed_out}
    return Report(f"Credits were given to {given:,} organizations.", figures)


def renew_subscriptions(sessions: Sessions, at: datetime) -> Report:
    """Charge the periods that have begun."""
    renewed = _all(sessions, organizations_to_renew, renew, at)
    return Report(f"Subscriptions of {renewed:,} organizations were renewed or ended.", {"renewed": renewed})


def charge_overage(sessions: Sessions, at: datetime) -> Report:
    """Bill what was used beyond what plans include, of months that are over."""
    charged = _all(sessions, organizations_over, bill_overage, at)
    return Report(f"Overage of {charged:,} organizations was looked at.", {"charged": charged})


def collect_storage(sessions: Sessions, at: datetime) -> Report:
    """A snapshot of what every graph stores at this hour."""
    with sessions.begin() as session:
        graphs = [Stored(*row) for row in stored_bytes_of_all(session, at - 2 * ONE_DAY)]
        taken = record_snapshots(session, graphs, at)
    return Report(f"What {taken:,} graphs store was noted.", {"graphs": len(graphs), "snapshots": taken})


def count_storage(sessions: Sessions, at: datetime) -> Report:
    """Count the days that are over."""
    counted = _all(sessions, organizations_with_days_to_count, count_days, at)
    return Report(f"The storage of {counted:,} organizations was counted.", {"counted": counted})


def finalize_invoices(sessions: Sessions, at: datetime) -> Report:
    """Number the invoices of past days."""
    billed = _all(sessions, organizations_to_bill, bill_past_days, at)
    return Report(f"{billed:,} organizations had something to bill.", {"billed": billed})


def collect_payments(sessions: Sessions, at: datetime, payments: Payments | None) -> Report:
    """Try to collect what is due."""

    def attempt(session: Session, organization_id: str, at: datetime) -> int:
        return collect(session, organization_id, at, payments)

    tried = _all(sessions, organizations_to_collect_from, attempt, at)
    return Report(f"Payment was asked of {tried:,} organizations.", {"tried": tried})


def tell_meters(sessions: Sessions, at: datetime, payments: Payments | None) -> Report:
    """Read the hours that are over, and tell the provider's meter of them where there is one."""
    with sessions.begin() as session:
        read = read_meters(session, at)

    def send(session: Session, organization_id: str, at: datetime) -> int:
        return send_meter_readings(session, organization_id, at, payments) if payments else 0

    told = _all(sessions, organizations_to_meter, send, at) if payments else 0
    return Report(f"{read:,} hours of use were read.", {"read": read, "told": told})


def act_on_webhooks(sessions: Sessions, at: datetime) -> Report:
    """Act on what the payment provider told us and could not be acted on at once."""
    with sessions() as session:
        waiting = open_events(session)
    for event_id in waiting:
        with sessions.begin() as session:
            act(session, event_id, at)
    return Report(f"{len(waiting):,} events of the payment provider were waiting.", {"waiting": len(waiting)})


def check_invariants(sessions: Sessions, at: datetime) -> Report:
    """Ask the ledger whether it is right. What is not is a problem for the operators, at once."""
    with sessions.begin() as session:
        verdict = check_ledger(session)
        record_verdict(session, verdict, at)
    findings = [
        Finding("problem", "ledger_wrong", f"{problem['problem']}: {problem['subject']} is off by {problem['found']}.")
        for problem in verdict.problems[:20]
    ]
    summary = "The ledger is right." if not findings else f"The ledger is wrong in {len(verdict.problems):,} places."
    return Report(summary, {"accounts": verdict.accounts, "problems": len(verdict.problems)}, findings)


def _all(sessions: Sessions, due: Due, work: Work, at: datetime) -> int:
    return each(sessions, _due(sessions, due, at), lambda session, organization_id: work(session, organization_id, at))


def _all_in_batches(sessions: Sessions, due: Due, work: WorkOnMany, at: datetime) -> int:
    return in_batches(sessions, _due(sessions, due, at), lambda session, batch: work(session, *batch, at=at))


def _due(sessions: Sessions, due: Due, at: datetime) -> list[str]:
    with sessions() as session:
        return due(session, at)
