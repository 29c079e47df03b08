"""Where a figure comes from: its filing, its concept, its place."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there, shown, step_of, suggestions
from knowledger.domain.agents.semantics.reports.spans import wanted_periods
from knowledger.domain.agents.semantics.wording import Writing, capital, exact
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.figures import Figure

SOURCES = {
    "accession": re.compile(r"\baccession(?: numbers?| nos?\.?)?\b", re.IGNORECASE),
    "tag": re.compile(
        r"\b(?:under |by |with |using )?(?:which |what )?(?:xbrl |us-gaap |gaap |taxonomy |reporting )*"
        r"(?:tags?|concepts?|elements?)(?: names?)?\b(?: (?:is|was|does|did))?", re.IGNORECASE,
    ),
    "filing": re.compile(
        r"\b(?:in |from )?(?:which|what) (?:sec )?(?:filings?|reports?|forms?|documents?|submissions?)\b"
        r"|\bwhere (?:is|was|are|were|does|do|did|can|has)\b|\b(?:source|provenance|origin|citation|evidence)s?\b"
        r"|\b(?:trace|cite)\b|\bcome from\b|\bcomes from\b|\btaken from\b", re.IGNORECASE,
    ),
}  # fmt: skip


def asks_for_the_source(frame: Frame) -> str | None:
    """What of a figure's source is asked for."""
    return next((name for name in ("accession", "tag", "filing") if name in frame.words), None)


def answer_source(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """The filing and concept behind each figure that is named."""
    who, metrics, times = desk.frame.who, desk.frame.metrics, desk.frame.times
    if len(who) != 1 or len(metrics) != 1:
        return abstain(
            "The source of one figure of one company at a time, please.", suggestions(desk.frame, desk.setting)
        )
    book, metric = books[who[0].id], metrics[0]
    periods = wanted_periods(times, book, metric)
    value = book.value(metric, periods[-1], times.span) if periods else None
    if value is None or len(periods) > 1:
        return not_there(desk, [metric], who, book.periods(metric, step_of(times)))
    figures = [_first_told(book, figure) for figure in value.figures]
    writing = Writing("provenance", formula=value.formula or None)
    writing.say(
        f"{capital(metric.name)} of {who[0].name} for {value.period}, {shown(value)}, "
        f"{'is counted from' if value.formula else 'comes from'} {writing.cite(*map(desk.citation, figures))}:"
    )
    for figure in figures:
        place = f", {figure.document} {figure.anchor or ''}".rstrip() if figure.document else ""
        writing.say(
            f"- **{figure.form} {figure.accession}**, filed {figure.filed}: {figure.concept} {exact(figure.value)} "
            f"{figure.unit} for {figure.period}{place}"
        )
    first = figures[0]
    concept = first.concept.rpartition(":")[2]
    told = {"accession": first.accession, "concept": concept, "qualified": first.concept, "form": first.form}
    told |= {"filed": str(first.filed), "amount": exact(value.value)}
    asked = asks_for_the_source(desk.frame)
    writing.values |= {"value": told["concept" if asked == "tag" else "accession"], **told}
    rows = tuple(
        (item.concept, exact(item.value), item.form, item.accession, str(item.filed)) for item in value.figures
    )
    writing.tables.append(Table("Where it comes from", ("concept", "value", "form", "accession", "filed"), rows))
    return writing.reply()


def _first_told(book: FactBook, figure: Figure) -> Figure:
    """The first filing that gave the same figure; later ones only say it again."""
    same = [
        item
        for item in book.figures
        if (item.concept, item.start, item.end, item.value, item.unit)
        == (figure.concept, figure.start, figure.end, figure.value, figure.unit)
    ]
    return min(same, key=lambda item: (item.filed, item.accession))
