"""What filings after the first say of the same figure."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.formulas import leaves
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Reply, Table

_BY_HOW_MUCH = re.compile(r"\b(?:how much|how many|by what|difference|gap|apart)\b", re.IGNORECASE)


def asks_of_restatements(frame: Frame) -> bool:
    """Whether filings differ, or by how much, and not what one of them says."""
    cues = frame.cues
    if cues.has("restatement") and not cues.has("original", "latest_basis"):
        return True
    both = cues.has("original") and (cues.has("restatement", "latest_basis") or "amended" in frame.words)
    return both and bool(_BY_HOW_MUCH.search(frame.question.text))


def answer_restatements(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """What filings after the first say of the same figure."""
    if len(desk.frame.who) != 1 or len(desk.frame.metrics) != 1:
        return abstain("One figure of one company at a time, please.")
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    book = books[who.id]
    asked = desk.frame.times.periods
    periods = (
        [item for item in asked if item.kind not in ("day", "month")]
        or list(asked)
        or book.periods(metric, "year")
        or book.periods(metric, "quarter")
    )
    writing = Writing("restatement")
    rows, changed = [], []
    for period in periods:
        told = [figure for leaf in leaves(metric) for figure in book.told_by(leaf, period)]
        values = {figure.value for figure in told}
        if len(values) > 1:
            changed.append(period)
        rows += [
            (str(period), exact(figure.value), figure.unit, figure.form, str(figure.filed), figure.accession)
            for figure in told
        ]
        if told:
            writing.cite(*(desk.citation(figure) for figure in told))
    if not rows:
        return not_there(desk, [metric], [who], book.periods(metric, "year"))
    if changed:
        listed = ", ".join(map(str, changed))
        writing.say(f"Yes: {metric.name} of {who.name} is given differently by several filings for **{listed}**.")
        for period in changed[:5]:
            told = [figure for leaf in leaves(metric) for figure in book.told_by(leaf, period)]
            first, last = told[0], told[-1]
            writing.say(
                f"{period}: first {amount(first.value, first.unit, metric.kind)} ({first.form}, {first.filed}), "
                f"last {amount(last.value, last.unit, metric.kind)} ({last.form}, {last.filed}) "
                f"{writing.cite(desk.citation(first), desk.citation(last))}."
            )
            writing.values |= {f"first {period}": exact(first.value), f"last {period}": exact(last.value)}
            writing.values.setdefault("difference", exact(last.value - first.value))
    else:
        writing.say(
            f"No: every filing here gives the same {metric.name} of {who.name} for {', '.join(map(str, periods[-8:]))}."
        )
    writing.tables.append(
        Table(
            f"{metric.name} of {who.name} by filing",
            ("period", "value", "unit", "form", "filed", "accession"),
            tuple(rows),
        )
    )
    by_how_much = changed and _BY_HOW_MUCH.search(desk.frame.question.text)
    writing.values["value"] = writing.values["difference"] if by_how_much else "yes" if changed else "no"
    return writing.reply()
