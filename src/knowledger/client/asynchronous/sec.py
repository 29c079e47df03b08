"""The repository of the SEC's filings."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from knowledger.client import sec
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.decode import decode

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncSec:
    """See `Sec`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def status(self) -> sec.RepositoryRecord:
        return await self._driver.run(sec.status())

    async def companies(self, *, search: str | None = None, limit: int = 100) -> tuple[sec.CompanyRecord, ...]:
        return await self._driver.run(sec.companies(search, limit))

    async def filings(
        self, *, company: str | None = None, form: str | None = None, status: str | None = None, limit: int = 100
    ) -> tuple[sec.FilingRecord, ...]:
        return await self._driver.run(sec.filings(company, form, status, limit))

    async def load(
        self,
        *tickers: str,
        years: str | None = None,
        first: date | None = None,
        last: date | None = None,
        forms: Iterable[str] = (),
    ) -> AsyncOperation[sec.FilingsLoaded]:
        record = await self._driver.run(sec.load(tickers, years, first, last, tuple(forms)))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(sec.FilingsLoaded, found), record.operation_type
        )
