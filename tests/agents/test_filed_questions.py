"""The analyst on the graph that is built of real filings, through the steps that build it."""

from collections.abc import Iterator

import duckdb
import pytest

from knowledger.domain.graphs.catalogue import current_file
from knowledger.domain.repositories.sec import SEC, sec_schema
from tests.agents.graphs import SealedGraph, opened
from tests.agents.test_questions import hold
from tests.repositories.conftest import database, mill, objects, sandbox, sandbox_socket, sessions, zygote
from tests.repositories.mill import Mill
from tests.stand_ins.edgar import SHARED, EdgarStandIn, whole_archive

__all__ = ["database", "mill", "objects", "sandbox", "sandbox_socket", "sessions", "zygote"]

APPLE, NVIDIA, TESLA, COKE = "0000320193", "0001045810", "0001318605", "0000021344"
EXXON, MICROSOFT = "0000034088", "0000789019"
QUARTERS = [f"{year}-{month:02}-01" for year in range(2010, 2026) for month in (1, 4, 7, 10)]


@pytest.fixture
def shipped() -> Iterator[EdgarStandIn]:
    """What the mill fetches from: here the real filings."""
    with EdgarStandIn(whole_archive()) as standing_in:
        yield standing_in


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not SHARED.exists(), reason="real filings (../shared/edgar) are not on this machine")
def test_real_filings(mill: Mill) -> None:
    mill.fetch(APPLE, NVIDIA, TESLA, COKE, EXXON, MICROSOFT, forms=("10-K", "10-Q"))
    mill.read(QUARTERS)
    mill.build(QUARTERS)
    with mill.sessions() as session:
        current = current_file(session, SEC)
    assert current is not None
    sealed = SealedGraph(mill.objects.local(current[1]), sec_schema(), {})
    for questions in ("sec_blind", "sec_unseen", "sec_fresh"):
        with opened(sealed) as context, duckdb.connect() as raw:
            hold(context, raw, questions)
