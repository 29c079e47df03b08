"""Reports: what each run of upkeep did and found, and what somebody should look at by now."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from knowledger.domain.graphs.health import Finding, Severity
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonValue
from knowledger.models.upkeep import UpkeepReport

WATCHDOG: Final = "watchdog"
KEPT: Final = timedelta(days=90)
SILENT_AFTER: Final = timedelta(hours=3)
"""The watchdog reports hourly: after so long it is not late but gone, and with it whatever it would have found."""


@dataclass(frozen=True)
class Report:
    """`summary` is one sentence, `figures` what was counted, `findings` what somebody should do something about."""

    summary: str
    figures: Mapping[str, int | float | str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


@dataclass(frozen=True)
class CurrentFinding:
    """A finding of a job's last report."""

    job: str
    severity: Severity
    code: str
    message: str
    at: datetime


def together(*reports: Report) -> Report:
    """One report of a job that did several things."""
    figures: dict[str, int | float | str] = {}
    for report in reports:
        figures.update(report.figures)
    findings = [finding for report in reports for finding in report.findings]
    return Report(" ".join(report.summary for report in reports), figures, findings)


def record(session: Session, job: str, key: str, report: Report) -> None:
    """A second report of a job under the same key takes the first one's place."""
    content = {
        "summary": report.summary,
        "figures": dict(report.figures),
        "findings": [cast(dict[str, JsonValue], asdict(finding)) for finding in report.findings],
        "at": utc_now(),
    }
    session.execute(
        insert(UpkeepReport)
        .values(id=new_id("report"), job=job, key=key, **content)
        .on_conflict_do_update(index_elements=[UpkeepReport.job, UpkeepReport.key], set_=content)
    )


def list_reports(session: Session, *, job: str | None, limit: int) -> list[UpkeepReport]:
    """The newest first."""
    query = select(UpkeepReport).order_by(UpkeepReport.at.desc(), UpkeepReport.id.desc()).limit(limit)
    return list(session.scalars(query if job is None else query.where(UpkeepReport.job == job)))


def current_findings(session: Session, now: datetime) -> list[CurrentFinding]:
    """What the last report of each job found, and whether the watchdog has fallen silent."""
    newest = select(UpkeepReport).ext(distinct_on(UpkeepReport.job))
    newest = newest.order_by(UpkeepReport.job, UpkeepReport.at.desc())
    reports = list(session.scalars(newest))
    found = [
        CurrentFinding(
            report.job,
            cast(Severity, finding["severity"]),
            str(finding["code"]),
            str(finding["message"]),
            report.at,
        )
        for report in reports
        for finding in report.findings
    ]
    return found + [_silence(report) for report in reports if report.job == WATCHDOG and now - report.at > SILENT_AFTER]


def forget_old_reports(session: Session) -> int:
    """Gives how many; each job's last one stays."""
    newest = select(func.max(UpkeepReport.at)).group_by(UpkeepReport.job)
    old = UpkeepReport.at < utc_now() - KEPT
    gone = delete(UpkeepReport).where(old, UpkeepReport.at.not_in(newest)).returning(UpkeepReport.id)
    return len(session.scalars(gone).all())


def _silence(report: UpkeepReport) -> CurrentFinding:
    message = "Nothing has compared what was due with what was done for hours: pipelines do not run."
    return CurrentFinding(report.job, "problem", "watchdog_silent", message, report.at)
