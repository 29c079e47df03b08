"""One figure of a report as a value, whatever kind of graph it was read from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from knowledger.domain.agents.tools.output import Citation
from knowledger.kernel.json import JsonObject, JsonValue

Span: TypeAlias = Literal["instant", "Q", "H", "9M", "FY", "other"]


@dataclass(frozen=True)
class Figure:
    """`span` is how long its period is; `end` its last day. `start` is unknown where a source only counts quarters."""

    fact_id: str
    entity: str
    concept: str
    value: Decimal
    unit: str
    start: date | None
    end: date
    span: Span
    fiscal_year: int
    fiscal_period: str
    accession: str
    form: str
    filed: date
    dimensions: str = ""
    document: str | None = None
    anchor: str | None = None
    precision: int = 0

    @property
    def period(self) -> str:
        return (
            f"{self.start}/{self.end}"
            if self.start
            else f"{self.end}" + ("" if self.span == "instant" else f" ({self.span})")
        )


def figures(rows: JsonValue) -> list[Figure]:
    return [_figure(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def cited(figure: Figure, label: str, graph_id: str, generation_id: str | None) -> Citation:
    return Citation(
        label=label,
        graph_id=graph_id,
        generation_id=generation_id,
        node="Fact",
        node_id=figure.fact_id,
        accession=figure.accession,
        form=figure.form,
        filed=figure.filed.isoformat(),
        concept=figure.concept,
        period=figure.period,
        dimensions=figure.dimensions or None,
        document=figure.document,
        anchor=figure.anchor,
        value=f"{figure.value:f}",
        unit=figure.unit,
    )


def _figure(row: JsonObject) -> Figure:
    end = date.fromisoformat(str(row["last_day"])[:10])
    start = date.fromisoformat(str(row["first_day"])[:10]) if row.get("first_day") else None
    span = (
        _span_of_quarters(int(str(row["quarters"])))
        if "quarters" in row
        else _span_of_days(row.get("days"), start, end)
    )
    year, period = _fiscal(row, end, span)
    return Figure(
        fact_id=str(row["fact_id"]),
        entity=str(row["entity"]),
        concept=str(row["concept"]),
        value=Decimal(str(row["value"])).normalize() + 0,
        unit=str(row["unit"] or ""),
        start=start,
        end=end,
        span=span,
        fiscal_year=year,
        fiscal_period=period,
        accession=str(row["accession"]),
        form=str(row["form"] or ""),
        filed=date.fromisoformat(str(row["filed"])[:10]),
        dimensions=str(row["dimensions"] or ""),
        document=str(row["document"]) if row.get("document") else None,
        anchor=str(row["anchor"]) if row.get("anchor") else None,
        precision=int(str(row["decimals"])) if row.get("decimals") is not None else 99,
    )


def _span_of_quarters(quarters: int) -> Span:
    spans: dict[int, Span] = {0: "instant", 1: "Q", 2: "H", 3: "9M", 4: "FY"}
    return spans.get(quarters, "other")


def _span_of_days(days: JsonValue, start: date | None, end: date) -> Span:
    if start is None:
        return "instant"
    length = int(str(days)) if days else (end - start).days + 1
    ranges: tuple[tuple[Span, int, int], ...] = (("Q", 75, 105), ("H", 165, 195), ("9M", 255, 287), ("FY", 345, 385))
    return next((span for span, low, high in ranges if low <= length <= high), "other")


def _fiscal(row: JsonObject, end: date, span: Span) -> tuple[int, str]:
    """The fiscal year and period that a figure falls in, as the graph has it, else counted from the year's end."""
    if row.get("fiscal_year") is not None:
        return int(str(row["fiscal_year"])), str(row.get("fiscal_period") or "")
    year, quarter = _counted(end, str(row.get("year_end") or "1231").zfill(4))
    if row.get("filing_year") and row.get("filing_end"):
        filing_end = date.fromisoformat(str(row["filing_end"])[:10])
        year += int(str(row["filing_year"])) - _counted(filing_end, str(row.get("year_end") or "1231").zfill(4))[0]
    names = {"FY": "FY", "Q": f"Q{quarter}", "H": f"H{quarter // 2}", "9M": "9M"}
    return year, names.get(span, "FY" if quarter == 4 else f"Q{quarter}")


def _counted(end: date, year_end: str) -> tuple[int, int]:
    """The fiscal year, named by the calendar year of its end, and the quarter that a day is the last of."""
    last_month = int(year_end[:2]) - (1 if int(year_end[2:]) <= 7 else 0) or 12
    return end.year + (1 if end.month > last_month else 0), 4 - ((last_month - end.month) % 12) // 3
