"""What is known of the SEC's filings: who filed what, the bytes as they came, what was read of them, what is staged."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB


class RepositoryAccess(Base):
    """Who may read a repository's graph, and who may have it load more. Without an organization: everybody."""

    __tablename__ = "repository_access"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    repository: Mapped[str] = mapped_column(String(40))
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    may_load: Mapped[bool] = mapped_column(server_default="false")
    granted_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("repository", "organization_id", postgresql_nulls_not_distinct=True),)


class RequestPace(Base):
    """The pace at which all processes together ask somebody else's server: when the next request may go out."""

    __tablename__ = "request_pace"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    free_at: Mapped[datetime]


class Page(Base):
    """A page or document of EDGAR as it was last fetched: the digest of its bytes, and what the server knows it by."""

    __tablename__ = "edgar_pages"

    path: Mapped[str] = mapped_column(String(400), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    etag: Mapped[str | None] = mapped_column(String(200))
    last_modified: Mapped[str | None] = mapped_column(String(64))
    fetched_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Company(Base):
    """A filer as the SEC lists it. `cik` has ten digits; `fiscal_year_end` is MMDD; tickers and exchanges go in pairs.

    `looked_up_at` is when its submissions were read; before that only its tickers are known.
    """

    __tablename__ = "companies"

    cik: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    tickers: Mapped[list[str]] = mapped_column(ARRAY(String(20)), server_default="{}")
    exchanges: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    sic: Mapped[str] = mapped_column(String(8), server_default="")
    industry: Mapped[str] = mapped_column(String(200), server_default="")
    entity_type: Mapped[str] = mapped_column(String(64), server_default="")
    filer_category: Mapped[str] = mapped_column(String(200), server_default="")
    fiscal_year_end: Mapped[str] = mapped_column(String(4), server_default="")
    ein: Mapped[str] = mapped_column(String(16), server_default="")
    country: Mapped[str] = mapped_column(String(2), server_default="")
    jurisdiction: Mapped[str] = mapped_column(String(64), server_default="")
    website: Mapped[str] = mapped_column(String(300), server_default="")
    looked_up_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_companies_tickers", "tickers", postgresql_using="gin"),)


class Filing(Base):
    """A filing as EDGAR lists it. `filers` are all that filed it together; its documents lie in the folder of `cik`.

    `missing` says why there is nothing to be had of it; `fetched_at` is when its whole package was stored.
    """

    __tablename__ = "filings"

    accession: Mapped[str] = mapped_column(String(20), primary_key=True)
    cik: Mapped[str] = mapped_column(String(10))
    filers: Mapped[list[str]] = mapped_column(ARRAY(String(10)))
    form: Mapped[str] = mapped_column(String(20))
    filed_on: Mapped[date]
    accepted_at: Mapped[datetime | None]
    period_of_report: Mapped[date | None]
    primary_document: Mapped[str] = mapped_column(String(255), server_default="")
    has_xbrl: Mapped[bool]
    fetched_at: Mapped[datetime | None]
    missing: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        Index("ix_filings_of_filer", "filers", postgresql_using="gin"),
        Index("ix_filings_by_day", "filed_on"),
    )


class FilingDocument(Base):
    """One document of a filing's package, its original bytes under their digest."""

    __tablename__ = "filing_documents"

    accession: Mapped[str] = mapped_column(ForeignKey("filings.accession", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)


class FilingReading(Base):
    """What one version of the parser made of a filing: its tables in one archive of typed Parquet, or a refusal.

    `second_opinion` is what Arelle reads differently, in words; None where it was not asked.
    """

    __tablename__ = "filing_readings"

    accession: Mapped[str] = mapped_column(ForeignKey("filings.accession", ondelete="CASCADE"), primary_key=True)
    parser_version: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_key: Mapped[str | None] = mapped_column(String(400))
    tables: Mapped[dict[str, int]] = mapped_column(JsonB)
    findings: Mapped[dict[str, int]] = mapped_column(JsonB)
    missing_taxonomies: Mapped[dict[str, str]] = mapped_column(JsonB)
    read_by: Mapped[str | None] = mapped_column(String(16))
    facts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refusal: Mapped[JsonObject | None] = mapped_column(JsonB)
    second_opinion: Mapped[list[str] | None] = mapped_column(JsonB)
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StagedPartition(Base):
    """What the staged files of a repository's partition were merged of; `digest` changes whenever that does."""

    __tablename__ = "staged_partitions"

    repository: Mapped[str] = mapped_column(String(40), primary_key=True)
    partition: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    parser_version: Mapped[str] = mapped_column(String(40))
    filings: Mapped[int]
    files: Mapped[dict[str, str]] = mapped_column(JsonB)
    staged_at: Mapped[datetime] = mapped_column(server_default=func.now())
