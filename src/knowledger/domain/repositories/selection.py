"""A selection of filings: of which companies, filed when, on which forms."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnExpressionArgument, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from knowledger.domain.filings.quarters import quarters_between
from knowledger.models.filings import Company, Filing

FORMS: Final = ("10-K", "10-Q", "20-F", "40-F")
"""The reports with financial statements. Amendments (10-K/A …) come with the form they amend."""


@dataclass(frozen=True)
class Selection:
    """`ciks` None: of every company that was looked up; both days are included."""

    first: date
    last: date
    ciks: tuple[str, ...] | None = None
    forms: tuple[str, ...] = FORMS

    @property
    def quarters(self) -> list[str]:
        return list(quarters_between(self.first, self.last))

    def takes(self, form: str) -> bool:
        return form.removesuffix("/A") in self.forms

    def conditions(self) -> tuple[ColumnExpressionArgument[bool], ...]:
        """For a query over filings that have XBRL."""
        forms = [variant for form in self.forms for variant in (form, f"{form}/A")]
        if self.ciks is None:
            known = select(Company.cik).where(Company.looked_up_at.is_not(None), Company.cik == Filing.filers.any_())
            of_companies = known.exists()
        else:
            of_companies = Filing.filers.overlap(literal(list(self.ciks), ARRAY(String(10))))
        return (Filing.filed_on.between(self.first, self.last), Filing.form.in_(forms), Filing.has_xbrl, of_companies)
