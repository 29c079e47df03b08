"""Packages: the documents of filings, as original bytes."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.filings.submissions import parse_folder
from knowledger.domain.operations.progress import Progress, Work
from knowledger.domain.repositories.edgar import EdgarPageMissing
from knowledger.domain.repositories.pages import Pages, StoredPage
from knowledger.domain.repositories.selection import Selection
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import Filing, FilingDocument

_OF_XBRL = re.compile(r".*\.(htm|html|xhtml|xml|xsd)", re.IGNORECASE)
_MADE_BY_THE_SEC = re.compile(r"R[0-9]+\.(htm|xml)|FilingSummary\.xml|.*-index(-headers)?\.html?", re.IGNORECASE)
_AT_ONCE = 4
_TICK_S = 0.5


def unfetched(session: Session, selection: Selection) -> list[str]:
    """The filings whose packages are not here yet, oldest first, by accession number."""
    query = select(Filing.accession).where(*selection.conditions(), Filing.fetched_at.is_(None))
    return list(session.scalars(query.order_by(Filing.filed_on, Filing.accession)))


def fetch_packages(pages: Pages, accessions: Sequence[str]) -> Work[int]:
    """Store the whole package of each filing; gives how many were stored. What is here already is not asked for again.

    A filing whose folder EDGAR does not have is recorded as missing, and asked for again the next time. Raises what
    asking EDGAR raises: what has arrived by then stays.
    """
    stored, done = 0, 0
    with _threads() as pool:
        under_way = {pool.submit(_fetch_package, pages, accession) for accession in accessions}
        while under_way:
            yield Progress("Fetching filings", step="fetch", percent=100 * done / len(accessions),
                           rows_done=done, rows_total=len(accessions))  # fmt: skip
            ended, under_way = wait(under_way, _TICK_S, FIRST_COMPLETED)
            stored += sum(_result(future) for future in ended)
            done += len(ended)
    yield Progress(f"Fetched {stored} filings", step="fetch", percent=100, rows_done=done, rows_total=done)
    return stored


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Threads that begin nothing new once the work around them ends early."""
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="edgar")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _result(future: "Future[bool]") -> int:
    return int(future.result())


def _fetch_package(pages: Pages, accession: str) -> bool:
    with pages.sessions() as session:
        filing = session.get_one(Filing, accession)
    folder = f"/Archives/edgar/data/{int(filing.cik)}/{accession.replace('-', '')}"
    try:
        names = wanted_documents(accession, parse_folder(pages.read(f"{folder}/index.json")))
    except EdgarPageMissing:
        return _missing(pages, accession, "EDGAR has no folder of this filing.")
    if not names:
        return _missing(pages, accession, "The filing's folder holds no documents of XBRL.")
    documents = {name: pages.document(f"{folder}/{name}") for name in names}
    with pages.sessions.begin() as session:
        _record(session, accession, documents)
    return True


def wanted_documents(accession: str, names: Sequence[str]) -> list[str]:
    """The package that holds all of a filing's XBRL where there is one, else every document that may be part of it."""
    package = f"{accession}-xbrl.zip"
    if package in names:
        return [package]
    return [name for name in names if _OF_XBRL.fullmatch(name) and not _MADE_BY_THE_SEC.fullmatch(name)]


def _record(session: Session, accession: str, documents: dict[str, StoredPage]) -> None:
    rows = [
        {"accession": accession, "name": name, "sha256": page.sha256, "size_bytes": page.size_bytes}
        for name, page in documents.items()
    ]
    session.execute(insert(FilingDocument).values(rows).on_conflict_do_nothing())
    found = update(Filing).where(Filing.accession == accession)
    session.execute(found.values(fetched_at=utc_now(), missing=None))


def _missing(pages: Pages, accession: str, why: str) -> bool:
    with pages.sessions.begin() as session:
        session.execute(update(Filing).where(Filing.accession == accession).values(missing=why))
    return False
