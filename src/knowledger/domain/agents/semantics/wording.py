"""How an answer is written: amounts, tables, charts and citations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.output import Citation
from knowledger.kernel.json import JsonObject, JsonValue

MOST_CITED = 40
_NAMES = ((12, "trillion"), (9, "billion"), (6, "million"))


def exact(value: Decimal) -> str:
    """All digits that matter, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def amount(value: Decimal, unit: str, kind: str) -> str:
    """1234500000 USD (1.23 billion); 12.35 %; 0.87; 41.2 days."""
    if kind == "percent":
        return f"{rounded(value)}%"
    if kind == "ratio":
        return f"{rounded(value, 3)}"
    if kind == "days":
        return f"{rounded(value, 1)} days"
    if kind in ("per_share", "average"):
        shown = f"{Decimal(exact(rounded(value, 4))):,f}"
    else:
        shown = f"{value if value == value.to_integral_value() else rounded(value):,f}"
        shown = shown.partition(".")[0] if value == value.to_integral_value() else shown
    for power, name in _NAMES:
        if abs(value) >= Decimal(10) ** power:
            return f"{shown} {unit} ({rounded(value.scaleb(-power))} {name})".replace("  ", " ")
    return f"{shown} {unit}".strip()


def percent(value: Decimal) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{rounded(value)}%"


def line_chart(title: str, x: str, rows: Sequence[tuple[str, str, Decimal]]) -> JsonObject:
    """Vega-Lite: one line (or point) a series; rows are (series, x, y)."""
    return _chart("line", title, x, rows)


def bar_chart(title: str, x: str, rows: Sequence[tuple[str, str, Decimal]]) -> JsonObject:
    return _chart("bar", title, x, rows)


def _chart(mark: str, title: str, x: str, rows: Sequence[tuple[str, str, Decimal]]) -> JsonObject:
    values: list[JsonValue] = [{"series": series, x: place, "value": float(value)} for series, place, value in rows]
    many = len({series for series, _, _ in rows}) > 1
    encoding: JsonObject = {
        "x": {"field": x, "type": "ordinal", "sort": None},
        "y": {"field": "value", "type": "quantitative", "title": title},
    }
    if many:
        encoding["color"] = {"field": "series", "type": "nominal"}
    drawn: JsonObject = {"type": mark, "tooltip": True}
    if mark == "line":
        drawn["point"] = True
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title,
        "data": {"values": values},
        "mark": drawn,
        "encoding": encoding,
    }


@dataclass
class Writing:
    """An answer being written. `cite` gives the mark that stands behind a figure."""

    intent: str
    lines: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    citations: list[Citation] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    formula: str | None = None
    chart: JsonObject | None = None

    def cite(self, *citations: Citation) -> str:
        marks = []
        for citation in citations:
            if citation not in self.citations:
                if len(self.citations) >= MOST_CITED:
                    continue
                self.citations.append(citation)
            marks.append(f"[{self.citations.index(citation) + 1}]")
        return "".join(dict.fromkeys(marks))

    def say(self, line: str) -> None:
        self.lines.append(line)

    def reply(self) -> Reply:
        return Reply(
            text="\n".join(self.lines),
            understood=True,
            intent=self.intent,
            formula=self.formula,
            values=self.values,
            citations=tuple(self.citations),
            tables=tuple(self.tables),
            chart=self.chart,
        )


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
