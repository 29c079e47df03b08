"""The figures of one company, and what a metric came to in a period: as reported, or counted from what is reported."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from knowledger.domain.agents.semantics.formulas import evaluate, holds_at_a_day, operands, spoken
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period, quarter
from knowledger.domain.agents.tools.figures import Figure, Span

Basis: TypeAlias = Literal["latest", "original"]


_SPANS: dict[str, Span] = {"FY": "FY", "H1": "H", "H2": "H", "9M": "9M", "Q1": "Q", "Q2": "Q", "Q3": "Q", "Q4": "Q"}


_CLOSING = {"FY": ("FY", "Q4"), "Q4": ("FY", "Q4"), "H2": ("FY", "Q4"), "H1": ("Q2", "H1"), "9M": ("Q3", "9M")}


_ADDS_UP = ("flow",)


_ABOUT = timedelta(days=7)
"""Quarters end on a Saturday near the month's end, and data sets write the month's end."""


@dataclass(frozen=True)
class Valued:
    """What a metric came to. `formula` names its parts where it is counted; `figures` are all it rests on."""

    metric: Metric
    period: Period
    value: Decimal
    unit: str
    figures: tuple[Figure, ...]
    formula: str = ""
    earlier: tuple[Figure, ...] = ()
    """The same figure as other filings give it, where they differ."""


LookUp: TypeAlias = Callable[[Metric], Valued | None]


class FactBook:
    """Looks figures up by concept. `basis`: the newest filing's value, or the first one's."""

    def __init__(self, figures: Iterable[Figure], basis: Basis = "latest") -> None:
        self._by_concept: dict[str, list[Figure]] = defaultdict(list)
        for figure in figures:
            self._by_concept[figure.concept.partition(":")[2] or figure.concept].append(figure)
        self._basis = basis

    @property
    def figures(self) -> list[Figure]:
        return [figure for listed in self._by_concept.values() for figure in listed]

    @property
    def currencies(self) -> set[str]:
        units = {figure.unit for figure in self.figures}
        return {unit.partition("/")[0] for unit in units} - _NO_MONEY

    def value(self, metric: Metric, period: Period, span: str = "") -> Valued | None:
        if period.kind in ("day", "month"):
            return self.ended(metric, period, span)
        reported = self._reported(metric, period) if metric.concepts else None
        if reported or not metric.formula:
            return reported
        return self._counted(metric, period)

    def trailing(self, metric: Metric) -> Valued | None:
        """The last twelve months: the newest year, or that year plus this one so far less the same part of it."""
        if metric.kind not in _ADDS_UP:
            return self._trailing_formula(metric)
        spans = {"Q": 1, "H": 2, "9M": 3, "FY": 4}
        flows = [item for item in self._all(metric) if item.span in spans]
        if not flows:
            return None
        newest = max(flows, key=lambda item: (item.end, spans[item.span]))
        if newest.span == "FY":
            return self.value(metric, Period(newest.fiscal_year, "FY"))
        part = {"Q": Period(newest.fiscal_year, "Q1"), "H": Period(newest.fiscal_year, "H1")}.get(
            newest.span, Period(newest.fiscal_year, "9M")
        )
        if newest.span == "Q" and newest.fiscal_period != "Q1":
            return self._last_quarters(metric, quarter(newest.fiscal_year, int(newest.fiscal_period[1])))
        year, now, then = self.value(metric, Period(part.year - 1, "FY")), self.value(metric, part), None
        then = self.value(metric, part.before())
        if not (year and now and then):
            return None
        told = f"{year.period} + {now.period} − {then.period}"
        return self._joined(metric, part, year.value + now.value - then.value, (year, now, then), told)

    def _trailing_formula(self, metric: Metric) -> Valued | None:
        if not metric.formula:
            newest = self.newest(metric)
            return self.value(metric, newest) if newest and metric.kind == "stock" else None
        return self._evaluated(metric, Period(0, "FY"), self.trailing)

    def _last_quarters(self, metric: Metric, last: Period) -> Valued | None:
        listed = [last]
        for _ in range(3):
            listed.append(listed[-1].previous())
        parts = [self.value(metric, item) for item in listed]
        known = tuple(item for item in parts if item)
        if len(known) < 4:
            return None
        told = " + ".join(str(item) for item in reversed(listed))
        return self._joined(metric, last, sum((item.value for item in known), Decimal(0)), known, told)

    def periods(self, metric: Metric, step: str | None) -> list[Period]:
        """The periods that the metric, or all that it is counted from, is known for; oldest first."""
        if metric.formula and not any(name in self._by_concept for name in metric.concepts):
            parts = [self.periods(part, step) for part in operands(metric)]
            return [item for item in parts[0] if all(item in other for other in parts[1:])] if parts else []
        if step == "quarter":
            return self._quarters(metric)
        if metric.kind == "stock":
            kinds = [
                item for item in self._all(metric) if item.span == "instant" and item.fiscal_period in ("FY", "Q4")
            ]
        else:
            kinds = [item for item in self._all(metric) if item.span == "FY"]
        return sorted({Period(item.fiscal_year, "FY") for item in kinds})

    def newest(self, metric: Metric, step: str | None = None) -> Period | None:
        """The newest period: a year if nothing else is said, except where only parts of years are known."""
        if step is None and holds_at_a_day(metric):
            instants = {item.end: item for item in self._all(metric) if item.span == "instant"}
            named = (self._named(instants[end]) for end in sorted(instants, reverse=True))
            return next((period for period in named if self.value(metric, period)), None)
        years = self.periods(metric, step or "year")
        if not years and step is None:
            years = self.periods(metric, "quarter")
        return years[-1] if years else None

    def ended(self, metric: Metric, period: Period, span: str) -> Valued | None:
        """What a metric came to in a span that is named by its last day or month."""
        first, last = period.days()
        wanted = "instant" if metric.kind == "stock" else span or "Q"
        for concept in metric.concepts:
            own = [item for item in self._by_concept.get(concept, []) if item.span == wanted]
            near = [item for item in own if first - _ABOUT <= item.end <= last + _ABOUT]
            if near:
                return self._chosen(metric, period, near)
        if not metric.formula:
            return None
        return self._evaluated(metric, period, lambda part: self.ended(part, period, span))

    def told_by(self, metric: Metric, period: Period) -> list[Figure]:
        """Every filing's figure for the same concept and period, first filed first."""
        for concept in metric.concepts:
            if found := [item for item in self._by_concept.get(concept, []) if _matches(item, metric, period)]:
                return sorted(found, key=lambda item: (item.filed, item.accession))
        return []

    def _quarters(self, metric: Metric) -> list[Period]:
        found = set()
        for item in self._all(metric):
            if item.span in ("Q", "instant") and item.fiscal_period[:1] in ("Q", "F"):
                number = 4 if item.fiscal_period == "FY" else int(item.fiscal_period[1])
                found.add(quarter(item.fiscal_year, number))
            if item.span == "FY" and metric.kind in _ADDS_UP:
                found.add(quarter(item.fiscal_year, 4))
        return [item for item in sorted(found) if self.value(metric, item)]

    def _all(self, metric: Metric) -> list[Figure]:
        own = [item for concept in metric.concepts for item in self._by_concept.get(concept, [])]
        if own or not metric.formula:
            return own
        return [item for part in operands(metric) for item in self._all(part)]

    def _named(self, item: Figure) -> Period:
        if item.fiscal_period in ("FY", "Q4"):
            return Period(item.fiscal_year, "FY")
        if item.fiscal_period in ("Q1", "Q2", "Q3"):
            return quarter(item.fiscal_year, int(item.fiscal_period[1]))
        return Period(item.end.year, "day", item.end.month, item.end.day)

    def _reported(self, metric: Metric, period: Period) -> Valued | None:
        if found := self.told_by(metric, period):
            return self._chosen(metric, period, found)
        return self._from_parts(metric, period) if metric.kind in _ADDS_UP else None

    def _chosen(self, metric: Metric, period: Period, found: list[Figure]) -> Valued:
        end = max(item.end for item in found)
        units = sorted({item.unit for item in found}, key=lambda unit: (-sum(x.unit == unit for x in found), unit))
        same = [item for item in found if item.end == end and item.unit == units[0]]
        same = [item for item in same if item.form.startswith(_PERIODIC)] or same
        edge = max(item.filed for item in same) if self._basis == "latest" else min(item.filed for item in same)
        chosen = max((item for item in same if item.filed == edge), key=lambda item: (item.precision, item.fact_id))
        others = tuple(item for item in same if item.value != chosen.value)
        return Valued(metric, period, chosen.value, chosen.unit, (chosen,), earlier=others)

    def _from_parts(self, metric: Metric, period: Period) -> Valued | None:
        """A quarter that no filing tells by itself: the year less its first nine months, and the like."""
        year = period.year
        wholes: dict[str, tuple[Period, Period]] = {
            "Q4": (Period(year, "FY"), Period(year, "9M")),
            "Q3": (Period(year, "9M"), Period(year, "H1")),
            "Q2": (Period(year, "H1"), Period(year, "Q1")),
            "H2": (Period(year, "FY"), Period(year, "H1")),
        }
        if period.kind in wholes:
            whole, rest = (self._simply(metric, item) for item in wholes[period.kind])
            if whole and rest and whole.figures[0].concept == rest.figures[0].concept:
                told = f"{whole.period} − {rest.period}"
                return self._joined(metric, period, whole.value - rest.value, (whole, rest), told)
        if period.kind == "H1":
            return self._added(metric, period, (quarter(year, 1), quarter(year, 2)))
        if period.kind == "9M":
            return self._added(metric, period, (quarter(year, 1), quarter(year, 2), quarter(year, 3)))
        return None

    def _simply(self, metric: Metric, period: Period) -> Valued | None:
        found = self.told_by(metric, period)
        return self._chosen(metric, period, found) if found else None

    def _added(self, metric: Metric, period: Period, parts: tuple[Period, ...]) -> Valued | None:
        known = tuple(item for part in parts if (item := self._simply(metric, part)))
        if len(known) < len(parts):
            return None
        told = " + ".join(map(str, parts))
        return self._joined(metric, period, sum((item.value for item in known), Decimal(0)), known, told)

    def _joined(self, metric: Metric, period: Period, value: Decimal, parts: tuple[Valued, ...], told: str) -> Valued:
        figures = tuple(dict.fromkeys(figure for part in parts for figure in part.figures))
        return Valued(metric, period, value, parts[0].unit, figures, told)

    def _counted(self, metric: Metric, period: Period) -> Valued | None:
        return self._evaluated(metric, period, lambda part: self.value(part, period))

    def _evaluated(self, metric: Metric, period: Period, look_up: LookUp) -> Valued | None:
        parts: dict[str, Valued] = {}
        for part in operands(metric):
            found = look_up(part)
            if found is None:
                return None
            parts[part.id] = found
        value = evaluate(metric.formula, {name: item.value for name, item in parts.items()})
        if value is None or len({item.unit for item in parts.values()} - _COUNTED) > 1:
            return None
        figures = tuple(dict.fromkeys(figure for item in parts.values() for figure in item.figures))
        unit = "" if metric.is_share else next(iter(parts.values())).unit
        shown = next(iter(parts.values())).period if not period.year else period
        return Valued(metric, shown, value * (100 if metric.kind == "percent" else 1), unit, figures, spoken(metric))


_PERIODIC = ("10-K", "10-Q", "20-F", "40-F", "6-K")
"""Reports that are about figures, unlike proxy statements and prospectuses that repeat some."""
_COUNTED = {"shares", "xbrli:shares"}
_NO_MONEY = {*_COUNTED, "", "pure", "xbrli:pure"}


def _matches(item: Figure, metric: Metric, period: Period) -> bool:
    if period.kind in ("day", "month"):
        return False
    if metric.kind == "stock":
        return (
            item.span == "instant"
            and item.fiscal_year == period.year
            and item.fiscal_period in _CLOSING.get(period.kind, (period.kind,))
        )
    if item.span != _SPANS[period.kind] or item.fiscal_year != period.year:
        return False
    return item.span in ("FY", "9M") or item.fiscal_period in (period.kind, period.kind.replace("H", "Q"))


def by_entity(figures: Iterable[Figure], basis: Basis = "latest") -> Iterator[tuple[str, FactBook]]:
    grouped: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        grouped[figure.entity].append(figure)
    for entity, own in grouped.items():
        yield entity, FactBook(own, basis)
