"""A part of a company's figure as a share of all of it."""

from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there
from knowledger.domain.agents.semantics.reports.values import periods_over, told_over
from knowledger.domain.agents.steps import Reply


def answer_part_share(desk: Desk, part: Who, own: FactBook, whole: FactBook) -> Reply:
    """For one period, or for each of several."""
    metric, times = desk.frame.metrics[0], desk.frame.times
    share = Metric(f"{metric.id}_share", (f"share of {metric.name}",), "percent")
    values = []
    for period in periods_over(desk, own, metric):
        one, other = own.value(metric, period, times.span), whole.value(metric, period, times.span)
        if one and other and other.value:
            told = f"{metric.name} of {part.name} / {metric.name} of all"
            figures = (*one.figures, *other.figures)
            values.append(Valued(share, period, one.value / other.value * 100, "", figures, told))
    if not values or len(values) < len(times.periods):
        return not_there(desk, [metric], [part], own.periods(metric, times.step))
    return told_over(desk, part, values)
