"""The resource that tells the assets of the SEC's filings which of them a run is about."""

from datetime import date

from dagster import AssetExecutionContext, ConfigurableResource
from pydantic import Field

from knowledger.domain.filings.quarters import next_quarter
from knowledger.domain.repositories.selection import FORMS, Selection


class SelectionResource(ConfigurableResource):  # type: ignore[type-arg]
    """Without days, the run's quarters; without companies, those known already, or `everybody` who filed."""

    ciks: list[str] = Field(default_factory=list)
    forms: list[str] = Field(default_factory=lambda: list(FORMS))
    first: str = ""
    last: str = ""
    years: list[int] = Field(default_factory=list)
    everybody: bool = False

    def of(self, context: AssetExecutionContext) -> Selection:
        quarters = sorted(context.partition_keys)
        first, end = date.fromisoformat(quarters[0]), date.fromisoformat(next_quarter(quarters[-1]))
        return Selection(
            first=max(first, date.fromisoformat(self.first)) if self.first else first,
            last=min(end, date.fromisoformat(self.last)) if self.last else end,
            ciks=tuple(self.ciks) or None,
            forms=tuple(self.forms),
            years=(self.years[0], self.years[-1]) if self.years else None,
        )
