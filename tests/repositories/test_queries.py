"""The ready queries of `examples/sec`, on the filings that ship with the product."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import knowledger
from knowledger.engine.guard.cypher import check_cypher
from tests.repositories.archive import POTTERY, POTTERY_FILINGS, QUARTERS
from tests.repositories.mill import Mill

QUERIES = Path(knowledger.__file__).parent / "examples" / "sec" / "queries"
SECOND, FIRST = (filing.accession for filing in POTTERY_FILINGS)
YEAR, YEAR_END = "2024-02-04/2025-02-01", "2025-02-01"


@pytest.fixture
def graph(mill: Mill) -> Mill:
    mill.fetch(POTTERY, forms=("10-K",))
    mill.read(QUARTERS)
    mill.build(QUARTERS)
    return mill


def asked(graph: Mill, name: str, **parameters: object) -> list[dict[str, Any]]:
    query = (QUERIES / f"{name}.cypher").read_text()
    check_cypher(query)
    return graph.ask(query, **parameters)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_queries_answer_what_the_filings_say(graph: Mill) -> None:
    """One graph for all of them: it takes longer to build than to ask."""
    years = {"ticker": "BNB", "first_year": 2022, "last_year": 2024}
    reported = asked(graph, "income_statement_as_reported", **years)
    assert [(row["fiscal_year"], row["line"], row["amount"], row["report"]) for row in reported] == [
        (2023, "Revenues", Decimal(1_000_000), FIRST),
        (2023, "Cost of sales", Decimal(500_000), FIRST),
        (2023, "Kiln fuel", Decimal(120_000), FIRST),
        (2023, "Net income of the year", Decimal(380_000), FIRST),
        (2023, "EarningsPerShareBasic", Decimal("3.8"), FIRST),
        (2024, "Revenues", Decimal(1_250_000), SECOND),
        (2024, "Cost of sales", Decimal(610_000), SECOND),
        (2024, "Kiln fuel", Decimal(150_000), SECOND),
        (2024, "Net income of the year", Decimal(490_000), SECOND),
        (2024, "EarningsPerShareBasic", Decimal("4.9"), SECOND),
    ]

    latest = asked(graph, "income_statement_latest", **years)
    of_2023 = {row["line"]: (row["amount"], row["restated_from"]) for row in latest if row["fiscal_year"] == 2023}
    assert of_2023 == {
        "Revenues": (Decimal(960_000), "1000000"),
        "Cost of sales": (Decimal(500_000), None),
        "Kiln fuel": (Decimal(120_000), None),
        "Net income": (Decimal(340_000), "380000"),
        "EarningsPerShareBasic": (Decimal("3.4"), "3.8"),
    }

    by_product = asked(graph, "segment_revenue", **years, axis="srt:ProductOrServiceAxis")
    assert [(row["fiscal_year"], row["part"], row["revenue"]) for row in by_product] == [
        (2023, "Teapots [Member]", Decimal(640_000)),
        (2023, "Vases [Member]", Decimal(360_000)),
        (2024, "Teapots [Member]", Decimal(800_000)),
        (2024, "Vases [Member]", Decimal(450_000)),
    ]

    [peer] = asked(graph, "net_margin_of_peers", tickers=["BNB", "NONE"], fiscal_year=2024)
    assert (peer["ticker"], peer["net_margin"]) == ("BNB", 0.392)

    of_income = {"report": SECOND, "total": "us-gaap:NetIncomeLoss", "period": YEAR}
    tree = asked(graph, "calculation_tree", **of_income)
    assert [(row["part"], row["weight"], row["amount"]) for row in tree] == [
        ("Revenues", Decimal(1), Decimal(1_250_000)),
        ("Cost of sales", Decimal(-1), Decimal(610_000)),
        ("Kiln fuel", Decimal(-1), Decimal(150_000)),
    ]
    [sums] = asked(graph, "calculation_check", **of_income)
    assert (sums["total"], sums["difference"], sums["parts"]) == (Decimal(490_000), Decimal(0), 3)
    [wrong] = asked(graph, "calculation_check", report=SECOND, total="us-gaap:Assets", period=YEAR_END)
    assert abs(Decimal(str(wrong["difference"]))) == Decimal(10_000)

    first, second = asked(graph, "where_it_stands", ticker="BNB", concept="us-gaap:Revenues", fiscal_year=2023)
    assert (first["accession"], first["context"], first["anchor"]) == (FIRST, "d-this", "f-revenue-2023")
    assert (second["accession"], second["document"], second["restates"]) == (SECOND, "bnb-20250201.htm", FIRST)

    restated = asked(graph, "restatements", ticker="BNB")
    assert {(row["line"], row["difference"]) for row in restated} == {
        ("Revenues", Decimal(-40_000)),
        ("Net income", Decimal(-40_000)),
        ("EarningsPerShareBasic", Decimal("-0.4")),
    }
