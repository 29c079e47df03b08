"""Companies: found by their tickers, and looked up with all that they have filed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from difflib import get_close_matches

from sqlalchemy import ColumnClause, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.filings.daily_index import index_path, parse_index
from knowledger.domain.filings.submissions import (
    FilingEntry,
    Listing,
    Submissions,
    parse_listings,
    parse_older_page,
    parse_submissions,
    ten_digits,
)
from knowledger.domain.repositories.edgar import EdgarPageMissing
from knowledger.domain.repositories.pages import Pages
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import NotFound
from knowledger.models.filings import Company, Filing

_EVERY_FILER: ColumnClause[list[str]] = literal_column(
    "(SELECT array_agg(DISTINCT filer) FROM unnest(filings.filers || excluded.filers) AS filer)"
)
TICKERS = "/files/company_tickers_exchange.json"


class UnknownTicker(NotFound):
    """No company with this ticker files with the SEC."""


class UnknownCompany(NotFound):
    """No company with this CIK files with the SEC."""


def ciks_of(pages: Pages, names: Sequence[str]) -> tuple[str, ...]:
    """The companies by ticker or CIK, in order, none twice. Raises UnknownTicker, which says what may be meant."""
    listings = parse_listings(pages.read(TICKERS)) if any(not name.isdecimal() for name in names) else []
    by_ticker = {_plain(listing.ticker): listing for listing in reversed(listings)}
    unknown = [name for name in names if not name.isdecimal() and _plain(name) not in by_ticker]
    if unknown:
        raise _unknown(unknown, by_ticker)
    found = (ten_digits(name) if name.isdecimal() else by_ticker[_plain(name)].cik for name in names)
    return tuple(dict.fromkeys(found))


def look_up(pages: Pages, cik: str, first: date) -> Company:
    """Record the company and all that it has filed since `first`. Raises UnknownCompany."""
    try:
        found = parse_submissions(pages.read(f"/submissions/CIK{cik}.json"))
    except EdgarPageMissing:
        raise UnknownCompany(f"No company with the CIK {int(cik)} files with the SEC.") from None
    older = [
        entry
        for name, _, last in found.older_pages
        if last >= first
        for entry in parse_older_page(cik, pages.read(f"/submissions/{name}"))
    ]
    entries = [entry for entry in (*found.filings, *older) if entry.filed_on >= first]
    with pages.sessions.begin() as session:
        company = _record(session, found)
        record_filings(session, entries)
    return company


def filers_on(pages: Pages, day: date, forms: Collection[str]) -> list[str]:
    """The companies that filed on one of these forms, an amendment of one or a transition report, that day.

    A day without an index, as on weekends and holidays, has no filings.
    """
    try:
        entries = parse_index(pages.read(index_path(day)).decode("latin-1"))
    except EdgarPageMissing:
        return []
    wanted = {form + transition for form in forms for transition in ("", "T")}
    return sorted({entry.cik for entry in entries if entry.form.removesuffix("/A") in wanted})


def record_filings(session: Session, entries: Iterable[FilingEntry]) -> None:
    """Add the filings that are new. One that several companies filed together is one filing with several filers."""
    rows = {entry.accession: entry for entry in entries}
    if not rows:
        return
    statement = insert(Filing).values([{**asdict(entry), "filers": [entry.cik]} for _, entry in sorted(rows.items())])
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Filing.accession],
            set_={
                "filers": _EVERY_FILER,
                "accepted_at": func.coalesce(new.accepted_at, Filing.accepted_at),
                "period_of_report": func.coalesce(new.period_of_report, Filing.period_of_report),
                "primary_document": func.coalesce(func.nullif(new.primary_document, ""), Filing.primary_document),
                "has_xbrl": new.has_xbrl,
            },
        )
    )


def followed(session: Session) -> list[str]:
    """The companies that were looked up before, which new filings are loaded of by themselves."""
    return list(session.scalars(select(Company.cik).where(Company.looked_up_at.is_not(None)).order_by(Company.cik)))


def _record(session: Session, found: Submissions) -> Company:
    about = asdict(found.company)
    values = {
        **about,
        "tickers": list(about["tickers"]),
        "exchanges": list(about["exchanges"]),
        "looked_up_at": utc_now(),
    }
    statement = insert(Company).values(values)
    statement = statement.on_conflict_do_update(index_elements=[Company.cik], set_=values)
    return session.scalars(statement.returning(Company), execution_options={"populate_existing": True}).one()


def _unknown(names: Sequence[str], known: dict[str, Listing]) -> UnknownTicker:
    close = {close for name in names for close in get_close_matches(_plain(name), known, n=2, cutoff=0.6)}
    meant = ", ".join(f"{known[name].ticker} ({known[name].name})" for name in sorted(close))
    return UnknownTicker(
        f"No company with the ticker {' or '.join(name[:20] for name in names)} files with the SEC.",
        hint=f"Is one of these meant: {meant}?" if meant else "A company without a ticker goes by its CIK number.",
        tickers=list(names),
    )


def _plain(ticker: str) -> str:
    """Share classes are written BRK.B, BRK-B and BRK/B."""
    return ticker.strip().upper().replace(".", "-").replace("/", "-")
