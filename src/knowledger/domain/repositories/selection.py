"""A selection of filings: of which companies, filed when, on which forms."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from sqlalchemy import ColumnExpressionArgument, extract, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from knowledger.domain.filings.quarters import FIRST, quarters_between
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import Company, Filing

FORMS: Final = ("10-K", "10-Q", "20-F", "40-F")
"""The reports with financial statements. Amendments (10-K/A …) and transition reports (10-KT …, of companies that move
the end of their year) come with the form that they amend or stand for."""


@dataclass(frozen=True)
class Selection:
    """`ciks` None: of every company that was looked up. Filed from `first` to `last`, both included.

    `years` are the first and the last calendar year that the reports' periods end in.
    """

    first: date
    last: date
    ciks: tuple[str, ...] | None = None
    forms: tuple[str, ...] = FORMS
    years: tuple[int, int] | None = None

    @classmethod
    def of_years(cls, first: int, last: int) -> Self:
        """Reports on these years, which come until the end of the year after."""
        return cls(date(first, 1, 1), min(date(last + 1, 12, 31), utc_now().date()), years=(first, last))

    @property
    def quarters(self) -> list[str]:
        """Those in which there can be filings: from the first with XBRL to the one under way."""
        today = utc_now().date()
        return list(quarters_between(max(min(self.first, today), FIRST), min(self.last, today)))

    def conditions(self) -> tuple[ColumnExpressionArgument[bool], ...]:
        """For a query over filings that have XBRL."""
        forms = [form + kind for form in self.forms for kind in ("", "/A", "T", "T/A")]
        if self.ciks is None:
            known = select(Company.cik).where(Company.looked_up_at.is_not(None), Company.cik == Filing.filers.any_())
            of_companies = known.exists()
        else:
            of_companies = Filing.filers.overlap(literal(list(self.ciks), ARRAY(String(10))))
        filed = Filing.filed_on.between(self.first, self.last)
        return (filed, Filing.form.in_(forms), Filing.has_xbrl, of_companies, *self._of_years())

    def _of_years(self) -> tuple[ColumnExpressionArgument[bool], ...]:
        if self.years is None:
            return ()
        return (extract("year", func.coalesce(Filing.period_of_report, Filing.filed_on)).between(*self.years),)
