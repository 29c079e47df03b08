"""Storage is an integral over time, in the customer's zone; a month of use is kept as a report."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.customers import set_zone
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.report import list_usage_reports
from knowledger.domain.billing.storage import Integral, Snapshot, Stored, count_days, integrate, record_snapshots
from knowledger.domain.operations.outcome import call_off
from knowledger.domain.upkeep.provisioning import RETRY_AFTER, buy_on_invoice, order_of, provision
from knowledger.domain.upkeep.usage_reports import report_usage
from knowledger.kernel.periods import midnight
from knowledger.models import Operation, StorageDay, Subscription

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
START = midnight(date(2026, 3, 28), PARIS)
Sessions = sessionmaker[Session]


def test_a_snapshot_counts_until_the_next_and_a_missing_hour_is_flagged() -> None:
    day = [Snapshot(START + HOUR * hour, 100 if hour < 12 else 300) for hour in range(24) if hour != 5]
    assert integrate(day, START, START + 24 * HOUR) == Integral((12 * 100 + 12 * 300) * 3600, 86_400, 1)


def test_nothing_is_stored_before_the_first_snapshot_and_after_the_end() -> None:
    day = [Snapshot(START + 20 * HOUR, 100), Snapshot(START + 22 * HOUR, 0)]
    assert integrate(day, START, START + 24 * HOUR) == Integral(2 * 100 * 3600, 86_400, 1)


def test_days_are_as_long_as_the_clocks_make_them_and_are_counted_once(
    sessions: Sessions, organization_id: str
) -> None:
    """On 29 March 2026 Paris has 23 hours. The graph was deleted on the 30th at 10 in the morning."""
    with sessions.begin() as session:
        set_zone(session, organization_id, "Europe/Paris")
        for hour in range(24 + 23 + 10):
            for _ in range(2):
                record_snapshots(session, [Stored("kg_1", organization_id, 7)], START + HOUR * hour)
        record_snapshots(session, [Stored("kg_1", organization_id, 0)], START + HOUR * 57)
    for _ in range(2):
        with sessions.begin() as session:
            count_days(session, organization_id, START + HOUR * 24 * 10)
    with sessions() as session:
        days = session.execute(select(StorageDay.day, StorageDay.byte_seconds, StorageDay.carried_hours)).all()
    hours = {date(2026, 3, 28): 24, date(2026, 3, 29): 23, date(2026, 3, 30): 10}
    assert [tuple(day) for day in days] == [(day, 7 * 3600 * count, 0) for day, count in hours.items()]


def test_the_report_of_a_month_is_written_once_and_can_be_read(sessions: Sessions, organization_id: str) -> None:
    with sessions.begin() as session:
        set_zone(session, organization_id, "Europe/Paris")
    for _ in range(2):
        report_usage(sessions, datetime(2026, 4, 2, tzinfo=UTC))
    with sessions() as session:
        (report,) = list_usage_reports(session, organization_id)
    assert len(report.csv.splitlines()) == 1 + 31
    drawn = [part.split("</svg>")[0] for part in report.html.split("<svg")[1:]]
    assert [len(ET.fromstring(f"<svg{svg}</svg>").findall("rect")) for svg in drawn] == [31, 31]


def test_what_cannot_be_provided_is_tried_again_and_then_says_why(sessions: Sessions, organization_id: str) -> None:
    """Nothing runs here, so each attempt's operation is called off, as an operator might."""
    order = order_of(catalogue().plan("standard"), {"graph_name": "Filings"}, key="order", user_id=None)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with sessions.begin() as session:
        bought = buy_on_invoice(session, organization_id, order, at)
    for wait in (*RETRY_AFTER, RETRY_AFTER[-1]):
        with sessions.begin() as session:
            found = session.get_one(Subscription, bought.id)
            assert found.operation_id is not None
            call_off(session, found.operation_id, "Not today")
        for later in (timedelta(0), wait):
            at += later
            with sessions.begin() as session:
                provision(session, bought.id, at)
    with sessions() as session:
        found = session.get_one(Subscription, bought.id)
        attempts = session.scalars(select(Operation.kind)).all()
    assert (found.status, found.provision_attempts, len(attempts)) == ("failed", 5, 5)
    assert found.provision_error is not None
    assert found.provision_error["message"] == "cancelled"
