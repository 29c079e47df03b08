"""From the filings that ship with the product to the graph, and again."""

from pathlib import Path

import pytest
from sqlalchemy import select

from knowledger.domain.repositories.checks import checks_of_graph
from knowledger.domain.repositories.readings import Reading
from knowledger.domain.repositories.status import list_companies, list_filings, repository_status
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from knowledger.models.filings import FilingReading
from tests.repositories.archive import BROKEN, POTTERY, POTTERY_FILINGS, QUARTERS
from tests.repositories.conftest import pages_of
from tests.repositories.mill import Mill
from tests.stand_ins.edgar import EdgarStandIn, folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class NextParser(SandboxedFilingEngine):
    """The parser under another version's name."""

    parser_version = "next"


@pytest.fixture
def read(mill: Mill) -> Mill:
    assert mill.fetch(POTTERY) == 3
    assert mill.read(QUARTERS) == Reading(read=2, refused=1)
    return mill


def test_loading_twice_is_loading_once(read: Mill, shipped: EdgarStandIn) -> None:
    assert [(item.kind, item.status) for item in read.build(QUARTERS)] == [
        ("stage_filings", "completed"),
        ("materialize_filings", "completed"),
    ]
    before, asked = read.digests(), len(shipped.asked)
    assert read.fetch(POTTERY) == 0
    assert read.read(QUARTERS) == Reading()
    assert read.build(QUARTERS) == []
    assert read.digests() == before
    assert shipped.asked[asked:] == [f"/submissions/CIK{POTTERY}.json"]


def test_the_graph_does_not_depend_on_the_order_of_loading(read: Mill) -> None:
    first, _, last = QUARTERS
    read.build([last])
    alone = read.digests()
    read.build([first])
    one_by_one = read.digests()
    with read.sessions.begin() as session:
        for reading in session.scalars(select(FilingReading)):
            session.delete(reading)
    read.read([first, last])
    read.build([first, last])
    assert read.digests() == one_by_one != alone
    restated = read.ask("MATCH (:Fact)-[x:RESTATES]->(:Fact) RETURN count(*) AS number")
    assert int(str(restated[0]["number"])) > 0


def test_a_filing_without_a_label_takes_none_away(mill: Mill, shipped: EdgarStandIn) -> None:
    later = POTTERY_FILINGS[0].accession
    place = f"{folder(POTTERY, later)}bnb-20250201_lab.xml"
    wordings = shipped.documents[place]
    assert isinstance(wordings, Path)
    own = wordings.read_bytes().replace(b">Kiln fuel<", b"><").replace(b">Wood, gas and", b">Gas and")
    with EdgarStandIn({**shipped.documents, place: own}) as edgar, pages_of(edgar, mill) as pages:
        mill = mill.reading_from(pages)
        mill.fetch(POTTERY, forms=("10-K",))
    mill.read(QUARTERS)
    mill.build(QUARTERS)
    [fuel] = mill.ask(
        "MATCH (c:Concept {concept_id: '0009999901:KilnFuelExpense'}) RETURN c.label AS label, c.documentation AS text"
    )
    assert fuel == {"label": "Kiln fuel", "text": "Gas and electricity that the kilns burnt."}


def test_a_new_parser_reads_again_without_the_network(read: Mill, shipped: EdgarStandIn) -> None:
    read.build(QUARTERS)
    before, asked = read.digests(), len(shipped.asked)
    assert isinstance(read.filings, SandboxedFilingEngine)
    newer = read.as_next_version(NextParser(read.filings._sandbox, read.filings._limits))
    assert newer.read(QUARTERS) == Reading(read=2, refused=1)
    assert [item.kind for item in newer.build(QUARTERS)] == ["stage_filings", "materialize_filings"]
    assert newer.digests() == before
    assert len(shipped.asked) == asked


def test_a_damaged_filing_is_refused_by_name_and_costs_no_other(read: Mill) -> None:
    read.build(QUARTERS)
    with read.sessions() as session:
        [refused] = list_filings(session, company="BNB", form=None, state="refused", limit=10)
        assert refused.filing.accession == BROKEN.accession
        assert refused.problem
        status = repository_status(session)
        assert (status.filings, status.stored, status.read, status.refused, status.staged) == (3, 3, 2, 1, 2)
        [company] = list_companies(session, search="bell", limit=10)
        assert (company.company.name, company.filings, company.stored) == ("Brook & Bell Pottery, Inc.", 3, 3)


def test_the_checks_say_what_is_in_the_graph_and_what_the_filings_get_wrong(read: Mill) -> None:
    read.build(QUARTERS)
    with read.sessions() as session:
        found = {check.name: check for check in checks_of_graph(session)}
    assert found["counts"].passed
    assert found["dangling_ends"].passed
    assert not found["calculations"].passed
    assert not found["calculations"].grave
