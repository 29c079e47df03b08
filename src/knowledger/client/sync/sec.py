"""The repository of the SEC's filings."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from knowledger.client import sec
from knowledger.client.decode import decode
from knowledger.client.sync.operations import Operation

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Sec:
    """What is loaded of the SEC's filings. It is queried as the graph `sec`."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def status(self) -> sec.RepositoryRecord:
        return self._driver.run(sec.status())

    def companies(self, *, search: str | None = None, limit: int = 100) -> tuple[sec.CompanyRecord, ...]:
        """By name; `search` is a ticker, a CIK or a part of the name."""
        return self._driver.run(sec.companies(search, limit))

    def filings(
        self, *, company: str | None = None, form: str | None = None, status: str | None = None, limit: int = 100
    ) -> tuple[sec.FilingRecord, ...]:
        """Newest first; `company` is a ticker or a CIK."""
        return self._driver.run(sec.filings(company, form, status, limit))

    def load(
        self,
        *tickers: str,
        years: str | None = None,
        first: date | None = None,
        last: date | None = None,
        forms: Iterable[str] = (),
    ) -> Operation[sec.FilingsLoaded]:
        """Load companies' reports on some `years`, such as "2023-2025", or filed from a `first` to a `last` day.

        Without `forms`: annual and quarterly reports, with their amendments.
        """
        record = self._driver.run(sec.load(tickers, years, first, last, tuple(forms)))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(sec.FilingsLoaded, found), record.operation_type
        )
