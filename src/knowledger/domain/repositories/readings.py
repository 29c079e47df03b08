"""Readings: what the parser makes of stored packages, kept as typed Parquet by filing and version of the parser."""

import hashlib
import tarfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.filings.header import Filer, FilingHeader
from knowledger.domain.filings.quarters import next_quarter
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.progress import Progress, Work
from knowledger.domain.repositories.engine import TABLES, FilingEngine, FilingToParse, ParsedFiling, RefusedFiling
from knowledger.domain.repositories.pages import local_copy
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.ids import new_id
from knowledger.models.filings import Company, Filing, FilingDocument, FilingReading

_AT_A_TIME = 64


class FilingTooMuch(KnowledgerError):
    """The filing took the process down that read it."""


@dataclass(frozen=True)
class Reader:
    """What reading filings needs. `taxonomies` is a directory of compiled taxonomies.

    `fatal` are the errors of an engine's child that a filing may be to blame for.
    """

    sessions: sessionmaker[Session]
    objects: ObjectStore
    engine: FilingEngine
    taxonomies: Path | None = None
    fatal: tuple[type[KnowledgerError], ...] = ()


@dataclass(frozen=True)
class Reading:
    """How many filings gave something, and how many were refused."""

    read: int = 0
    refused: int = 0


def unread(session: Session, quarters: Sequence[str], parser_version: str) -> list[str]:
    """The stored filings of these quarters that this version of the parser has not read, oldest first.

    All of a quarter's, whoever asked for some of them: a quarter is staged as one version reads it.
    """
    by_version = exists().where(
        FilingReading.accession == Filing.accession, FilingReading.parser_version == parser_version
    )
    query = select(Filing.accession).where(_filed_in(quarters), Filing.fetched_at.is_not(None), ~by_version)
    return list(session.scalars(query.order_by(Filing.filed_on, Filing.accession)))


def read_in(session: Session, quarters: Sequence[str], parser_version: str) -> Sequence[FilingReading]:
    """What this version of the parser made of the filings of these quarters, oldest first."""
    query = select(FilingReading).join(Filing, Filing.accession == FilingReading.accession)
    query = query.where(_filed_in(quarters), FilingReading.parser_version == parser_version)
    return session.scalars(query.order_by(Filing.filed_on, Filing.accession)).all()


def _filed_in(quarters: Sequence[str]) -> ColumnElement[bool]:
    return or_(
        *(
            (Filing.filed_on >= date.fromisoformat(quarter))
            & (Filing.filed_on < date.fromisoformat(next_quarter(quarter)))
            for quarter in quarters
        )
    )


def read_filings(reader: Reader, accessions: Sequence[str]) -> Work[Reading]:
    """Read stored packages into typed Parquet, without the network. What is read stays, whatever comes after."""
    read, refused = 0, 0
    for start in range(0, len(accessions), _AT_A_TIME):
        batch = accessions[start : start + _AT_A_TIME]
        for outcome in (yield from _read_batch(reader, batch, start, len(accessions))):
            read += isinstance(outcome, ParsedFiling)
            refused += isinstance(outcome, RefusedFiling)
    total = len(accessions)
    yield Progress(f"Read {read} filings", step="read", percent=100, rows_done=total, rows_total=total)
    return Reading(read, refused)


def unpack(objects: ObjectStore, object_key: str, tables: Collection[str], directory: Path) -> None:
    """Those of these tables that a reading has, as Parquet files in a directory of their own."""
    directory.mkdir()
    wanted = {f"{table}.parquet" for table in tables}
    with tarfile.open(objects.local(object_key)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name in wanted else None
            if content is not None:
                (directory / member.name).write_bytes(content.read())


def _read_batch(
    reader: Reader, accessions: Sequence[str], before: int, total: int
) -> Work[list[ParsedFiling | RefusedFiling]]:
    if reader.taxonomies is not None:
        reader.taxonomies.mkdir(parents=True, exist_ok=True)
    with reader.objects.scratch("readings") as scratch:
        with reader.sessions() as session:
            filings = [filing_to_parse(session, reader, accession, scratch) for accession in accessions]
        outcomes = yield from _counted(_parsed(reader, filings, scratch), before, total)
        for outcome in outcomes:
            _keep(reader, outcome, scratch)
    return outcomes


def _parsed(reader: Reader, filings: list[FilingToParse], scratch: Path) -> Work[list[ParsedFiling | RefusedFiling]]:
    """All in one child; where that dies, each in a child of its own, so that one filing costs no other."""
    work = scratch / new_id("work")
    work.mkdir()
    try:
        return (yield from reader.engine.parse(filings, reader.taxonomies, work))
    except reader.fatal as error:
        if len(filings) == 1:
            return [RefusedFiling(filings[0].header.accession, FilingTooMuch(hint=error.message))]
    outcomes: list[ParsedFiling | RefusedFiling] = []
    for filing in filings:
        for path in filing.directory.iterdir():
            path.unlink()
        outcomes += yield from _parsed(reader, [filing], scratch)
    return outcomes


def _counted(
    work: Work[list[ParsedFiling | RefusedFiling]], before: int, total: int
) -> Work[list[ParsedFiling | RefusedFiling]]:
    """The batch's progress as part of all that are to be read."""
    try:
        while True:
            said = next(work)
            done = before + (said.rows_done or 0)
            yield Progress("Reading filings", step="read", percent=100 * done / max(total, 1), rows_done=done,
                           rows_total=total)  # fmt: skip
    except StopIteration as finished:
        return cast("list[ParsedFiling | RefusedFiling]", finished.value)
    finally:
        work.close()


def filing_to_parse(session: Session, reader: Reader, accession: str, scratch: Path) -> FilingToParse:
    """The stored filing, with an empty directory in the scratch."""
    filing = session.get_one(Filing, accession)
    company = session.get(Company, filing.cik)
    documents = session.scalars(select(FilingDocument).where(FilingDocument.accession == accession))
    directory = scratch / accession
    directory.mkdir()
    local = {item.name: local_copy(reader.objects, item.sha256) for item in documents}
    return FilingToParse(_header(filing, company), local, directory)


def address_of(filing: Filing) -> str:
    """Where people read the filing."""
    folder = f"https://www.sec.gov/Archives/edgar/data/{int(filing.cik)}/{filing.accession.replace('-', '')}"
    return f"{folder}/{filing.primary_document or filing.accession + '-index.htm'}"


def _header(filing: Filing, company: Company | None) -> FilingHeader:
    return FilingHeader(
        accession=filing.accession,
        filer=_filer(company) if company else Filer(filing.cik, ""),
        form=filing.form,
        filed_on=filing.filed_on,
        accepted_at=filing.accepted_at,
        period_of_report=filing.period_of_report,
        primary_document=filing.primary_document,
        url=address_of(filing),
    )


def _filer(company: Company) -> Filer:
    return Filer(
        cik=company.cik,
        name=company.name,
        fiscal_year_end=company.fiscal_year_end,
        ticker=next(iter(company.tickers), ""),
        exchange=next(iter(company.exchanges), ""),
        sic=company.sic,
        industry=company.industry,
        filer_category=company.filer_category,
        entity_type=company.entity_type,
        ein=company.ein,
        country=company.country,
        jurisdiction=company.jurisdiction,
        website=company.website,
    )


def _keep(reader: Reader, outcome: ParsedFiling | RefusedFiling, scratch: Path) -> None:
    """What was read, and where its tables are: as one object, because each costs a flush of the disk."""
    version = reader.engine.parser_version
    values: dict[str, object]
    if isinstance(outcome, RefusedFiling):
        values = {"tables": {}, "findings": {}, "missing_taxonomies": {}, "refusal": outcome.error.as_json()}
    else:
        key = f"readings/{version}/{_name(outcome)}.tar"
        reader.objects.put(key, scratch / outcome.accession / TABLES)
        values = {
            "object_key": key,
            "tables": dict(outcome.tables),
            "findings": dict(outcome.findings),
            "missing_taxonomies": dict(outcome.missing_taxonomies),
            "read_by": outcome.read_by,
            "facts": outcome.facts_kept,
        }
    values["second_opinion"] = None
    with reader.sessions.begin() as session:
        statement = insert(FilingReading).values(accession=outcome.accession, parser_version=version, **values)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[FilingReading.accession, FilingReading.parser_version], set_=values
            )
        )


def _name(outcome: ParsedFiling) -> str:
    """What was read without some taxonomies is another object than what is read with them."""
    if not outcome.missing_taxonomies:
        return outcome.accession
    without = hashlib.sha256("\n".join(sorted(outcome.missing_taxonomies)).encode()).hexdigest()[:12]
    return f"{outcome.accession}-without-{without}"
