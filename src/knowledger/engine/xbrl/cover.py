"""What a filing says about itself: its cover page (the SEC's dei taxonomy), beside what its header says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledger.domain.filings.aspects import Period
from knowledger.domain.filings.fiscal import FiscalCalendar, calendar_of
from knowledger.domain.filings.header import FilingHeader
from knowledger.engine.xbrl.reading import ReadFact

_NAMES = frozenset(
    (
        "AmendmentFlag",
        "CurrentFiscalYearEndDate",
        "DocumentFiscalYearFocus",
        "DocumentPeriodEndDate",
        "DocumentType",
        "EntityFilerCategory",
        "EntityIncorporationStateCountryCode",
        "EntityRegistrantName",
        "EntityTaxIdentificationNumber",
        "SecurityExchangeName",
        "TradingSymbol",
    )
)
_TRANSITION = ("KT", "QT")


@dataclass(frozen=True)
class Cover:
    """The values of the cover page for the filer as a whole, by name, and the period that the report is for."""

    values: dict[str, str]
    period: Period | None
    calendar: FiscalCalendar | None

    def get(self, name: str) -> str:
        return self.values.get(name, "")


def read_cover(header: FilingHeader, facts: Iterable[ReadFact]) -> Cover:
    values: dict[str, str] = {}
    period: Period | None = None
    for fact in facts:
        if fact.name in _NAMES and "/dei/" in fact.namespace and fact.text and not fact.context.dimensions:
            values.setdefault(fact.name, " ".join(fact.text.split()))
            if fact.name == "DocumentType":
                period = fact.context.period
    return Cover(values, period, _calendar(header, values, period))


def _calendar(header: FilingHeader, values: dict[str, str], period: Period | None) -> FiscalCalendar | None:
    """The year end as the filing has it goes before the company's of today, which may have changed since."""
    form = values.get("DocumentType") or header.form
    end = _date(values.get("DocumentPeriodEndDate", "")) or header.period_of_report or (period.end if period else None)
    is_annual = form.startswith(("10-K", "20-F", "40-F"))
    is_transition = any(form.split("/")[0].endswith(kind) for kind in _TRANSITION)
    began = period.start if period and is_transition else None
    focus = values.get("DocumentFiscalYearFocus", "")
    stated = values.get("CurrentFiscalYearEndDate") or header.filer.fiscal_year_end
    if not stated and is_annual and end:
        stated = f"{end:%m%d}"
    return calendar_of(
        stated,
        annual_period=(end, int(focus) if focus.isdecimal() else None) if end else None,
        known_end=end if is_annual else None,
        changed_on=began - timedelta(days=1) if began else None,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
