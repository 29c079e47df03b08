"""One figure held against another."""

from knowledger.domain.agents.semantics.cues import is_turned
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.desk import Desk


def ratio_of(desk: Desk, metrics: list[Metric]) -> list[Metric]:
    """ "A as a percentage of B", "A per B", "the ratio of A to B"."""
    one, two = metrics
    places = [desk.frame.question.places[item.start][0] for item in desk.frame.said[:2]]
    if is_turned(desk.frame.question.text, *places):
        one, two = two, one
    wants_percent = any(word in desk.frame.question.text.lower() for word in ("percent", "%", "share", "proportion"))
    kind = "percent" if wants_percent else "ratio"
    name = f"{one.name} / {two.name}"
    formula = f"{one.id} / {two.id}"
    return [Metric(f"{one.id}_to_{two.id}", (name,), "percent" if kind == "percent" else "ratio", "", (), formula)]
