"""Companies by a metric: ranked, within limits, how many, their sum or average."""

from collections.abc import Generator
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Cues
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports.book import Valued
from knowledger.domain.agents.semantics.reports.company import names_of
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, formula_of, shown
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.figures import figures
from knowledger.domain.agents.tools.output import ToolOutput


def fullest_period(desk: Desk, metric: Metric) -> Generator[Call, ToolOutput, Period | None]:
    """The fiscal year (or quarter) that most companies have a figure for; the newer of two alike."""
    found = yield from desk.find([metric], [], [])
    step = desk.frame.times.step
    counts: dict[Period, int] = {}
    for book in desk.books(figures(found.value.get("rows"))).values():
        for period in book.periods(metric, step) or (book.periods(metric, "quarter") if step is None else []):
            counts[period] = counts.get(period, 0) + 1
    wanted = [item for item in desk.frame.times.periods if not item.year]
    listed = [item for item in counts if not wanted or item.kind == wanted[0].kind]
    return max(listed, key=lambda item: (counts[item], item)) if listed and not found.truncated else None


def answer_ranking(desk: Desk, metric: Metric, period: Period, values: list[tuple[str, Valued, Decimal]]) -> Answering:
    cues = desk.frame.cues
    units = [value.unit for _, value, _ in values]
    common = max(dict.fromkeys(units), key=units.count)
    kept = [item for item in values if item[1].unit == common and all(bound.holds(item[2]) for bound in cues.bounds)]
    names = yield from names_of(desk, [entity for entity, _, _ in kept])
    kept.sort(key=lambda item: (item[2] if cues.direction == "least" else -item[2], names.get(item[0], item[0])))
    what = f"{metric.name} growth" if cues.has("growth") else metric.name
    limits = " and ".join(map(str, cues.bounds))
    writing = Writing("screen" if cues.bounds else "rank")
    if cues.has("average", "median", "sum") and not cues.bounds and not cues.direction:
        return _over_all(desk, metric, period, kept)
    if not kept:
        writing.say(f"**None** of {len(values)} companies had {what} {limits} for {period}.")
        writing.values |= {"count": "0", "value": "0"}
        return writing.reply()
    top = kept[max(cues.nth - 1, 0) :][: _how_many(cues, len(kept))]
    if not top:
        return abstain(f"Only {len(kept)} companies have {what} for {period}.")
    if cues.bounds:
        writing.say(f"**{len(kept)}** of {len(values)} companies had {what} {limits} for {period}.")
    for entity, value, score in top[:20]:
        told = f"{rounded(score)}% ({shown(value)})" if cues.has("growth") else shown(value)
        place = kept.index((entity, value, score)) + 1
        writing.say(f"{place}. **{names.get(entity, entity)}**: {told} {desk.marks(writing, value)}")
    alike = [names.get(entity, entity) for entity, _, score in kept if score == top[-1][2]]
    if len(alike) > 1 and not cues.bounds:
        writing.say(f"Alike: {', '.join(alike[:20])}.")
    writing.say(f"Of {len(values)} companies with {what} for {period}" + (f", all in {common}." if common else "."))
    listed = kept[: max(len(top) + max(cues.nth - 1, 0), _RUNNERS_UP)]
    rows = tuple(
        (
            number,
            names.get(entity, entity),
            exact(rounded(score, 4) if metric.is_share or cues.has("growth") else score),
        )
        for number, (entity, _, score) in enumerate(listed[:200], 1)
    )
    writing.tables.append(Table(f"{what} for {period}", ("rank", "company", what), rows, truncated=len(listed) > 200))
    writing.values |= {"value": exact(top[0][2]), "best": names.get(top[0][0], top[0][0]), "count": str(len(kept))}
    writing.values["names"] = "; ".join(names.get(entity, entity) for entity, _, _ in top)
    if cues.has("count") and cues.bounds:
        writing.values["value"] = str(len(kept))
    if top[0][1].formula:
        writing.formula = formula_of(top[0][1])
    writing.chart = bar_chart(
        what, "company", [("", names.get(entity, entity), score) for entity, _, score in listed[:20]]
    )
    return writing.reply()


_RUNNERS_UP = 5


def _how_many(cues: Cues, there_are: int) -> int:
    """One where the highest is asked for, all within limits, else ten."""
    if cues.bounds:
        return there_are
    one = bool(cues.direction) and cues.count is None and not cues.has("rank")
    return min(cues.count or (1 if one or cues.nth else 10), there_are)


def _over_all(desk: Desk, metric: Metric, period: Period, kept: list[tuple[str, Valued, Decimal]]) -> Reply:
    cues = desk.frame.cues
    ordered = sorted(score for _, _, score in kept)
    middle = len(ordered) // 2
    total = sum(ordered, Decimal(0))
    if cues.has("median"):
        word, result = "median", ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    else:
        word, result = ("average", total / len(ordered)) if cues.has("average") else ("sum", total)
    writing = Writing(word, formula=f"{word} over {len(ordered)} companies")
    writing.say(
        f"The {word} of {metric.name} of {len(ordered)} companies for {period} is "
        f"**{amount(result, kept[0][1].unit, metric.kind)}**."
    )
    writing.cite(*(desk.citation(figure) for _, value, _ in kept for figure in value.figures))
    writing.values |= {"value": exact(result), "count": str(len(ordered))}
    return writing.reply()
