"""Increments: which companies a run looks up before it fetches what they have filed."""

from collections.abc import Sequence
from datetime import date, timedelta

from knowledger.domain.operations.progress import Progress, Work
from knowledger.domain.repositories.companies import UnknownCompany, filers_on, followed, look_up
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.selection import Selection

_FEW_DAYS = 10


def companies_of(pages: Pages, selection: Selection, *, everybody: bool) -> Sequence[str]:
    """Those named; else, over a few days, those that filed then, and over more days all that were looked up before.

    `everybody` takes in companies that were never looked up.
    """
    if selection.ciks is not None:
        return selection.ciks
    with pages.sessions() as session:
        known = followed(session)
    days = (selection.last - selection.first).days + 1
    if days > _FEW_DAYS and not everybody:
        return known
    filed = (filers_on(pages, selection.first + timedelta(days=day), selection.forms) for day in range(days))
    wanted = set().union(*filed)
    return sorted(wanted if everybody else wanted & set(known))


def look_up_all(pages: Pages, ciks: Sequence[str], first: date) -> Work[int]:
    """Record the companies and what they have filed since `first`; gives how many there are.

    Of a company that EDGAR's index names and its lists do not, there is nothing to record.
    """
    found = 0
    for done, cik in enumerate(ciks):
        yield Progress(
            "Looking companies up",
            step="companies",
            percent=100 * done / len(ciks),
            rows_done=done,
            rows_total=len(ciks),
        )
        try:
            look_up(pages, cik, first)
            found += 1
        except UnknownCompany:
            if len(ciks) == 1:
                raise
    return found
