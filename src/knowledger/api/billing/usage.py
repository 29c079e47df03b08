"""Usage: this month so far, and the reports of the months before."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Query, Response

from knowledger.api.access import AsViewer, Router
from knowledger.api.shapes import Answer
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.customers import DEFAULT_ZONE, find_customer
from knowledger.domain.billing.report import SOME_FIRST, find_report, list_usage_reports, month_of_use
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject
from knowledger.kernel.periods import period_at

router = Router(tags=["billing"])

FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}, "text/csv": {}, "text/html": {}}}}


class UsageAnswer(Answer):
    """`figures`: credits used and mean bytes stored day by day, operations by kind, invoices."""

    org_id: str
    first_day: date
    end_day: date
    figures: JsonObject


class ReportAnswer(Answer):
    id: str
    period_start: datetime
    period_end: datetime
    created_at: datetime
    figures: JsonObject


class ReportList(Answer):
    reports: list[ReportAnswer]


@router.get("/billing/usage")
def usage(access: AsViewer, session: Transaction) -> UsageAnswer:
    """What your organization used this month, in its time zone."""
    found = find_customer(session, access.organization_id)
    zone = ZoneInfo(found.zone if found else DEFAULT_ZONE)
    month = period_at(SOME_FIRST, zone, 1, utc_now())
    figures = month_of_use(session, access.organization_id, month, zone).as_json()
    return UsageAnswer(org_id=access.organization_id, first_day=month.first_day, end_day=month.end_day, figures=figures)


@router.get("/billing/usage/reports")
def reports(access: AsViewer, session: Transaction) -> ReportList:
    """The reports of past months, the newest first."""
    found = list_usage_reports(session, access.organization_id)
    return ReportList(reports=[ReportAnswer.model_validate(report) for report in found])


@router.get("/billing/usage/reports/{report_id}", response_class=Response, responses=FORMS)
def download(
    report_id: str,
    access: AsViewer,
    session: Transaction,
    form: Annotated[Literal["json", "csv", "html"], Query(alias="format")] = "json",
) -> Response:
    """One report, as JSON, as CSV, or as a page with its charts."""
    found = find_report(session, access.organization_id, report_id)
    name = f"usage-{found.period_start:%Y-%m-%d}.{form}"
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    match form:
        case "json":
            return Response(ReportAnswer.model_validate(found).model_dump_json(), media_type="application/json")
        case "csv":
            return Response(found.csv, media_type="text/csv; charset=utf-8", headers=told)
        case "html":
            safe = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", **told}
            return Response(found.html, media_type="text/html; charset=utf-8", headers=safe)
