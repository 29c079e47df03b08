"""What a company's figures come to: reported, counted, or not known."""

from datetime import date
from decimal import Decimal

from knowledger.domain.agents.semantics.lexicon import metrics
from knowledger.domain.agents.semantics.periods import Period, quarter
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.tools.figures import Figure, Span


def figure(concept: str, value: int, span: Span, period: str, filed: str = "2024-02-01", year: int = 2023) -> Figure:
    end = date(year, 12, 31)
    return Figure(
        f"{concept} {period} {filed}", "acme", f"us-gaap:{concept}", Decimal(value), "USD", date(year, 1, 1), end, span,
        year, period, filed, "10-K", date.fromisoformat(filed),
    )  # fmt: skip


def test_a_margin_is_counted_where_gross_profit_is_not_reported() -> None:
    book = FactBook([figure("Revenues", 200, "FY", "FY"), figure("CostOfRevenue", 150, "FY", "FY")])
    margin = metrics()["gross_margin"]
    value = book.value(margin, Period(2023, "FY"))
    assert value is not None
    assert (value.value, value.formula) == (Decimal(25), "gross profit / revenue")
    assert book.periods(margin, "year") == [Period(2023, "FY")]


def test_a_fourth_quarter_is_the_year_less_nine_months() -> None:
    book = FactBook([figure("Revenues", 200, "FY", "FY"), figure("Revenues", 140, "9M", "9M")])
    value = book.value(metrics()["revenue"], quarter(2023, 4))
    assert value is not None
    assert (value.value, value.formula) == (Decimal(60), "FY2023 − 9M 2023")


def test_the_newest_filing_counts_unless_the_first_is_asked_for() -> None:
    told = [figure("Revenues", 200, "FY", "FY", "2024-02-01"), figure("Revenues", 190, "FY", "FY", "2025-02-01")]
    revenue, year = metrics()["revenue"], Period(2023, "FY")
    newest, first = FactBook(told).value(revenue, year), FactBook(told, "original").value(revenue, year)
    assert newest is not None
    assert first is not None
    assert (newest.value, first.value, len(newest.earlier)) == (Decimal(190), Decimal(200), 1)


def test_nothing_is_told_of_what_is_not_there() -> None:
    book = FactBook([figure("Revenues", 200, "FY", "FY")])
    assert book.value(metrics()["gross_margin"], Period(2023, "FY")) is None
    assert book.value(metrics()["revenue"], Period(2022, "FY")) is None
    assert book.newest(metrics()["net_margin"]) is None
