"""The same metrics of several companies, side by side."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there, shown, span_words, two_places
from knowledger.domain.agents.semantics.reports.growth import answer_each, growth
from knowledger.domain.agents.semantics.reports.spans import shared_periods
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, capital, exact
from knowledger.domain.agents.steps import Reply, Table


def answer_comparison(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """The same metrics of several companies, side by side for the same fiscal period."""
    who, metrics, times, cues = desk.frame.who, desk.frame.metrics, desk.frame.times, desk.frame.cues
    if cues.has("growth") and not times.last:
        return answer_each(desk, books, growth)
    writing = Writing("compare")
    rows, charted = [], []
    for metric in metrics:
        periods = shared_periods(times, [books[item.id] for item in who], metric)
        if not periods:
            return not_there(desk, [metric], who, [])
        for period in periods:
            values: list[tuple[Who, Valued]] = []
            for item in who:
                value = (
                    books[item.id].trailing(metric)
                    if times.is_ttm
                    else books[item.id].value(metric, period, times.span)
                )
                if value is None:
                    return not_there(desk, [metric], [item], books[item.id].periods(metric, times.step))
                values.append((item, value))
            rows.append((metric.name, str(period), *(exact(two_places(value)) for _, value in values)))
            charted += [(item.name, str(period), value.value) for item, value in values]
            listed = "; ".join(
                f"{item.name} {shown(value)} ({span_words(value)}) {desk.marks(writing, value)}"
                for item, value in values
            )
            writing.say(f"{capital(metric.name)} for {period}: {listed}.")
            pick = min if cues.has("rank_least") else max
            best = pick(values, key=lambda pair: pair[1].value)
            if len({value.unit for _, value in values}) > 1:
                return abstain("Their figures are in different currencies; I do not convert.")
            writing.say(f"{'Lowest' if cues.has('rank_least') else 'Highest'}: **{best[0].name}**.")
            if len(values) == 2:
                gap = abs(values[0][1].value - values[1][1].value)
                writing.values["difference"] = exact(gap)
                writing.say(f"Difference: {amount(gap, values[0][1].unit, metric.kind)}.")
            writing.values["best"] = best[0].name
            if cues.has("sum") and not metric.is_share:
                total = sum((value.value for _, value in values), Decimal(0))
                writing.say(f"Together: **{amount(total, values[0][1].unit, metric.kind)}**.")
                writing.values["value"] = exact(total)
            writing.values |= {item.name: exact(value.value) for item, value in values}
            if values[0][1].formula:
                writing.formula = f"{metric.name} = {values[0][1].formula}"
    writing.tables.append(Table("Comparison", ("metric", "period", *(item.name for item in who)), tuple(rows)))
    writing.chart = bar_chart(", ".join(item.name for item in metrics), "period", charted)
    return writing.reply()
