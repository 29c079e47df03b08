"""What is known of a filing before its documents are read, and who filed it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Filer:
    """A company as the SEC lists it. `cik` has ten digits; `fiscal_year_end` is MMDD, as in the SEC's submissions."""

    cik: str
    name: str
    fiscal_year_end: str = ""
    ticker: str = ""
    exchange: str = ""
    sic: str = ""
    industry: str = ""
    filer_category: str = ""
    entity_type: str = ""
    ein: str = ""
    country: str = ""
    jurisdiction: str = ""
    website: str = ""


@dataclass(frozen=True)
class FilingHeader:
    """A filing by its accession number, with dashes. What is not known stays empty: documents say much of it again."""

    accession: str
    filer: Filer
    form: str = ""
    filed_on: date | None = None
    accepted_at: datetime | None = None
    period_of_report: date | None = None
    primary_document: str = ""
    url: str = ""
