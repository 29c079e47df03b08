"""From tickers to the stored packages of filings."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.companies import UnknownCompany, UnknownTicker, ciks_of, look_up
from knowledger.domain.repositories.packages import fetch_packages, unfetched
from knowledger.domain.repositories.pages import Pages, local_copy
from knowledger.domain.repositories.selection import Selection
from knowledger.models.filings import Filing, FilingDocument
from tests.repositories.archive import ACORN, ACORN_FILINGS, BIRCH, REPORT
from tests.stand_ins.edgar import EdgarStandIn, cut, folder, rate_page

ANNUAL, AMENDMENT = ACORN_FILINGS[2].accession, ACORN_FILINGS[0].accession
IN_2024 = Selection(date(2024, 1, 1), date(2024, 12, 31), (ACORN,))


def documents(sessions: sessionmaker[Session], accession: str) -> dict[str, str]:
    with sessions() as session:
        query = select(FilingDocument.name, FilingDocument.sha256).where(FilingDocument.accession == accession)
        return dict(session.execute(query).all())


@pytest.mark.parametrize("name", ["BRC-A", "brc.a", "BRC/A", "12", "0000000012"])
def test_a_company_is_found_however_it_is_written(pages: Pages, name: str) -> None:
    assert ciks_of(pages, [name, "BRC-A"]) == (BIRCH,)


def test_an_unknown_ticker_is_refused_with_what_may_be_meant(pages: Pages) -> None:
    with pytest.raises(UnknownTicker, match="ACORN") as refused:
        ciks_of(pages, ["BRC-A", "ACORN"])
    assert "ACRN (Acorn Inc.)" in str(refused.value.hint)


def test_an_unknown_cik_is_refused(pages: Pages) -> None:
    with pytest.raises(UnknownCompany, match="99"):
        look_up(pages, "0000000099", date(2024, 1, 1))


def test_older_pages_are_read_only_for_older_days(edgar: EdgarStandIn, pages: Pages) -> None:
    look_up(pages, ACORN, date(2014, 1, 1))
    assert "/submissions/older.json" not in edgar.asked
    look_up(pages, ACORN, date(2012, 1, 1))
    assert "/submissions/older.json" in edgar.asked
    with pages.sessions() as session:
        assert session.get(Filing, "0000000011-12-000001") is not None


def test_a_filing_of_two_companies_is_one(pages: Pages, sessions: sessionmaker[Session]) -> None:
    for cik in (ACORN, BIRCH, ACORN):
        look_up(pages, cik, date(2024, 1, 1))
    with sessions() as session:
        filing = session.get_one(Filing, ANNUAL)
        assert (filing.cik, sorted(filing.filers)) == (ACORN, [ACORN, BIRCH])
        of_birch = Selection(date(2024, 1, 1), date(2024, 12, 31), (BIRCH,))
        assert unfetched(session, of_birch) == [ANNUAL]


def test_forms_come_with_their_amendments_and_years_go_by_the_period(pages: Pages) -> None:
    look_up(pages, ACORN, date(2012, 1, 1))
    with pages.sessions() as session:
        assert unfetched(session, IN_2024) == [ANNUAL, AMENDMENT]
        on_2023 = Selection(date(2012, 1, 1), date(2024, 12, 31), (ACORN,), years=(2023, 2023))
        assert unfetched(session, on_2023) == [ANNUAL, AMENDMENT]
        current = Selection(date(2024, 1, 1), date(2024, 12, 31), (ACORN,), forms=("8-K",))
        assert unfetched(session, current) == ["0000000011-24-000002"]
    with pages.sessions.begin() as session:
        session.get_one(Filing, ANNUAL).form = "10-KT"
    with pages.sessions() as session:
        assert unfetched(session, IN_2024) == [ANNUAL, AMENDMENT], "a transition report stands for an annual one"


def test_a_package_is_kept_whole_and_asked_for_once(edgar: EdgarStandIn, pages: Pages) -> None:
    look_up(pages, ACORN, date(2024, 1, 1))
    assert result_of(fetch_packages(pages, [ANNUAL, AMENDMENT])) == 2
    assert list(documents(pages.sessions, ANNUAL)) == [f"{ANNUAL}-xbrl.zip"]
    amended = documents(pages.sessions, AMENDMENT)
    assert sorted(amended) == ["acorn-20231231.xsd", "report.htm"]
    assert local_copy(pages.objects, amended["report.htm"]).read_bytes() == REPORT
    asked = len(edgar.asked)
    with pages.sessions() as session:
        assert unfetched(session, IN_2024) == []
    assert result_of(fetch_packages(pages, [ANNUAL, AMENDMENT])) == 2
    again = edgar.asked[asked:]
    assert sorted(again) == sorted(f"{folder(ACORN, item)}index.json" for item in (ANNUAL, AMENDMENT))


def test_a_filing_without_a_folder_is_missing_and_asked_for_again(edgar: EdgarStandIn, pages: Pages) -> None:
    look_up(pages, ACORN, date(2012, 1, 1))
    assert result_of(fetch_packages(pages, ["0000000011-12-000001"])) == 0
    with pages.sessions() as session:
        assert session.get_one(Filing, "0000000011-12-000001").missing == "EDGAR has no folder of this filing."
        assert "0000000011-12-000001" in unfetched(session, Selection(date(2012, 1, 1), date(2012, 12, 31), (ACORN,)))


def test_a_connection_cut_in_mid_file_leaves_what_a_clean_one_does(edgar: EdgarStandIn, pages: Pages) -> None:
    look_up(pages, ACORN, date(2024, 1, 1))
    edgar.trouble(f"{folder(ACORN, AMENDMENT)}report.htm", cut, rate_page, cut)
    assert result_of(fetch_packages(pages, [AMENDMENT])) == 1
    sha256 = documents(pages.sessions, AMENDMENT)["report.htm"]
    assert local_copy(pages.objects, sha256).read_bytes() == REPORT
