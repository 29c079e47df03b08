"""Writing every organization's report of the month that is over."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.customers import each
from knowledger.domain.billing.report import organizations_to_report, write_report
from knowledger.domain.upkeep.reports import Report


def report_usage(sessions: sessionmaker[Session], at: datetime) -> Report:
    with sessions() as session:
        due = organizations_to_report(session, at)
    written = each(sessions, due, lambda session, organization_id: write_report(session, organization_id, at))
    return Report(f"{written:,} reports of use were written.", {"written": written})
