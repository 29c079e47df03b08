"""Filings in doubt are read by Arelle as well, once."""

import pytest

from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.opinions import Opinions, ask_opinions, unasked
from knowledger.domain.repositories.readings import Reader
from knowledger.domain.repositories.status import list_filings, repository_status
from tests.repositories.archive import POTTERY, POTTERY_FILINGS, QUARTERS
from tests.repositories.mill import Mill


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_arelle_is_asked_once_about_filings_in_doubt(mill: Mill) -> None:
    mill.fetch(POTTERY)
    mill.read(QUARTERS)
    version = mill.filings.parser_version
    with mill.sessions() as session:
        doubted = unasked(session, version, 10)
    assert POTTERY_FILINGS[0].accession in doubted
    reader = Reader(mill.sessions, mill.objects, mill.filings)
    assert result_of(ask_opinions(reader, doubted)) == Opinions(asked=len(doubted), differing=0)
    with mill.sessions() as session:
        assert unasked(session, version, 10) == []
        status = repository_status(session)
        read = list_filings(session, company=None, form=None, state="read", limit=10)
    assert (status.asked, status.differing) == (len(doubted), 0)
    assert {record.filing.accession for record in read if record.second_opinion == []} == set(doubted)
