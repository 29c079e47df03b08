"""The real filings, from EDGAR's folders to the answers of the ready queries."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from knowledger.domain.filings.quarters import quarters_between
from knowledger.domain.repositories.checks import checks_of_graph
from tests.repositories.conftest import pages_of
from tests.repositories.mill import SINCE, UNTIL, Mill
from tests.repositories.test_queries import QUERIES
from tests.stand_ins.edgar import SHARED, EdgarStandIn, listed_packages, whole_archive

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not SHARED.exists(), reason="the SEC's filings (../shared/edgar) are not on this machine"),
]
FORMS = ("10-K", "10-Q", "8-K", "S-3ASR")
YEARS = {"ticker": "AAPL", "first_year": 2009, "last_year": 2026}


@pytest.fixture
def graph(mill: Mill) -> Iterator[Mill]:
    quarters = tuple(quarters_between(SINCE, UNTIL))
    with EdgarStandIn(whole_archive()) as edgar, pages_of(edgar, mill) as pages:
        mill = mill.reading_from(pages)
        assert mill.fetch(*listed_packages(), forms=FORMS) == 24
        reading = mill.read(quarters)
        assert (reading.read, reading.refused) == (22, 2)
        mill.build(quarters)
        yield mill


def companyfacts() -> dict[tuple[str, str], set[Decimal]]:
    """What the SEC's API says of Apple: values by concept and report."""
    path = SHARED / "api/xbrl/companyfacts/CIK0000320193.json"
    said: dict[tuple[str, str], set[Decimal]] = {}
    for name, body in json.loads(path.read_text(), parse_float=Decimal)["facts"]["us-gaap"].items():
        for values in body["units"].values():
            for value in values:
                said.setdefault((f"us-gaap:{name}", value["accn"]), set()).add(Decimal(value["val"]))
    return said


def test_the_ready_queries_answer_what_the_sec_says(graph: Mill) -> None:
    def asked(name: str, **parameters: object) -> list[dict[str, Any]]:
        return graph.ask((QUERIES / f"{name}.cypher").read_text(), **parameters)

    with graph.sessions() as session:
        assert next(check for check in checks_of_graph(session) if check.name == "counts").passed
    said = companyfacts()
    facts = graph.ask(
        "MATCH (e:Entity)-[:FILED]->(r:Report), (f:Fact) WHERE e.ticker = 'AAPL' AND f.report_id = r.report_id "
        "AND f.dimension_set_id IS NULL AND f.numeric_value IS NOT NULL AND f.concept_id STARTS WITH 'us-gaap:' "
        "RETURN f.concept_id AS concept, r.report_id AS report, f.numeric_value AS number"
    )
    assert facts
    assert [fact for fact in facts if fact["number"] not in said[fact["concept"], fact["report"]]] == []
    lines = asked("income_statement_as_reported", **YEARS)
    assert lines
    assert asked("income_statement_latest", **YEARS)
    assert asked("segment_revenue", **YEARS, axis="srt:ProductOrServiceAxis")
    assert all(row["difference"] for row in asked("restatements", ticker="AAPL"))
    year = lines[-1]["fiscal_year"]
    assert asked("where_it_stands", ticker="AAPL", concept="us-gaap:NetIncomeLoss", fiscal_year=year)
    assert "AAPL" in {row["ticker"] for row in asked("net_margin_of_peers", tickers=["AAPL"], fiscal_year=year)}
    total = "us-gaap:OperatingIncomeLoss"
    [period] = {
        fact["period"]
        for fact in graph.ask(
            "MATCH (f:Fact), (r:Report) WHERE f.report_id = r.report_id AND r.report_id = $report "
            "AND f.concept_id = $total AND f.dimension_set_id IS NULL AND f.fiscal_year = r.fiscal_year "
            "AND f.fiscal_period = r.fiscal_period RETURN f.period_id AS period",
            report=lines[-1]["report"],
            total=total,
        )
    }
    assert asked("calculation_tree", report=lines[-1]["report"], total=total, period=period)
    [sums] = asked("calculation_check", report=lines[-1]["report"], total=total, period=period)
    assert sums["difference"] == 0
