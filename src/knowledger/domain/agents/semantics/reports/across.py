"""One metric over all companies."""

import re
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Bound, Cues
from knowledger.domain.agents.semantics.reports.book import Valued
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, not_there, suggestions, unread, years_of
from knowledger.domain.agents.semantics.reports.ranking import answer_ranking, fullest_period
from knowledger.domain.agents.tools.figures import figures

_LOSS = re.compile(r"\bloss(?:es)?\b", re.IGNORECASE)
_LOST = re.compile(r"\b(?:loss(?:es)?|los(?:e|es|t|ing))\b", re.IGNORECASE)


_PROFITABLE = re.compile(r"\b(?:un)?profitable\b", re.IGNORECASE)


def _of_losses(desk: Desk) -> Cues:
    """Who made a loss had less than nothing, and the largest loss is the least income."""
    cues, text = desk.frame.cues, desk.frame.question.text
    if [item.id for item in desk.frame.metrics] != ["net_income"] or cues.bounds:
        return cues
    if _LOST.search(text) and cues.direction == "least":
        words = (cues.words - {"rank_least", "rank_worst"}) | {"rank_most"}
        return replace(cues, words=words, bounds=(Bound(False, False, Decimal(0), False),))
    if _LOST.search(text) and cues.direction == "most":
        return replace(cues, words=cues.words | {"rank_least"})
    if _LOSS.search(text) or (_PROFITABLE.search(text) and not cues.direction):
        return replace(cues, bounds=(Bound(not _LOSS.search(text), False, Decimal(0), False),))
    return cues


def answer_across(desk: Desk) -> Answering:
    """Over all companies: a ranking, those within limits, how many, their sum or average."""
    desk.frame.cues = _of_losses(desk)
    metrics, times, cues = desk.frame.metrics, desk.frame.times, desk.frame.cues
    metric = metrics[0]
    if len(metrics) > 1:
        return abstain("One figure at a time over all companies, please.", suggestions(desk.frame, desk.setting))
    period = max(times.periods, default=None)
    grows, first = cues.has("growth"), min(times.periods, default=None)
    if (len(times.periods) > 1 and not grows) or times.last > 1 or times.is_ttm or times.is_bounded:
        return abstain(
            "Over all companies I look at one fiscal period at a time.", suggestions(desk.frame, desk.setting)
        )
    if period is None or not period.year:
        period = yield from fullest_period(desk, metric)
    if period is None:
        return not_there(desk, metrics, [], [])
    found = yield from desk.find([metric], [], [] if grows else years_of([period], desk.setting))
    if problem := unread(found):
        return problem
    values: list[tuple[str, Valued, Decimal]] = []
    for entity, book in desk.books(figures(found.value.get("rows"))).items():
        value = book.value(metric, period, times.span)
        before = (
            book.value(metric, first if first and first != period else period.before(), times.span) if grows else None
        )
        if grows:
            if value and before and before.value > 0:
                values.append((entity, value, (value.value - before.value) / before.value * 100))
        elif value:
            values.append((entity, value, value.value))
    if not values:
        return not_there(desk, metrics, [], [])
    return (yield from answer_ranking(desk, metric, period, values))
