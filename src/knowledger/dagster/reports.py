"""How a job of upkeep reports: one report for each time that it was due."""

from dagster import OpExecutionContext
from sqlalchemy.orm import Session

from knowledger.dagster.clockwork import DUE_AT
from knowledger.domain.upkeep.reports import Report, record
from knowledger.wiring import Wiring


def keep(context: OpExecutionContext, wiring: Wiring, report: Report, *, within: Session | None = None) -> None:
    """Record the report, in the transaction of what it reports where there is one."""
    key = context.run.tags.get(DUE_AT) or context.run.root_run_id or context.run.run_id
    if within is not None:
        record(within, context.job_name, key, report)
    else:
        with wiring.sessions.begin() as session:
            record(session, context.job_name, key, report)
    context.log.info(report.summary)
