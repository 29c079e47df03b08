"""How long something took: from its day to the day on which it ended."""

import re
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.generic.conditions import conditions_of, matched
from knowledger.domain.agents.semantics.generic.naming import main_days
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import ask, shown_name
from knowledger.domain.agents.semantics.generic.states import end_days
from knowledger.domain.agents.semantics.generic.view import Answering, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing, exact
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.schema import NodeType, Property

_HOW_LONG = re.compile(
    r"\bhow (?:long|many days|quickly|fast)\b|\b(?:duration|turnaround|lead time|processing time)\b"
    r"|\blength of (?:stay|time)\b|\b(?:took|take|takes|taken) (?:the )?(?:long|longest|shortest)\b"
    r"|\b(?:long|short)est\b|\bdays? (?:did|does|do)\b",
    re.IGNORECASE,
)
_WEIGHTLESS = word_set(
    """
    take takes took taken long last lasts lasted days day duration turnaround time lead processing length stay until
    complete completed finish finished between from stays days average typically usually open reported
    """
)
_MOST = 2000


def asks_how_long(view: View) -> NodeType | None:
    """The type with a day on which it begins and one on which it ends, where the time between is asked for."""
    if not _HOW_LONG.search(view.question.text) or any(item.is_number for item in view.properties):
        return None
    found = [node for node in view.nodes if len(main_days(node)) == 1 and len(end_days(node)) == 1]
    return found[0] if len(found) == 1 and main_days(found[0]) != end_days(found[0]) else None


def answer_how_long(view: View, node: NodeType) -> Answering:
    if unknown := [word for word in view.question.left if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions(view.setting.schema))
    told_by = any(item.is_by for item in view.types) or any(item.is_by for item in view.properties)
    if told_by or (view.times.step and view.times.is_all):
        return abstain("I tell how long things took in all, not by something.", suggestions(view.setting.schema))
    first, last = main_days(node)[0], end_days(node)[0]
    view.properties = [item for item in view.properties if item.item not in (first, last)]
    where = conditions_of(replace(view), Plan(node, "average"))
    if isinstance(where, Reply):
        return where
    present = f"{where[0]} AND" if where[0] else " WHERE"
    query = (
        f"{matched(node)}{present} n.`{first.name}` IS NOT NULL AND n.`{last.name}` IS NOT NULL "
        f"RETURN n.`{node.key[0]}` AS id, n.`{shown_name(node)}` AS name, "
        f"CAST(n.`{last.name}` AS DATE) - CAST(n.`{first.name}` AS DATE) AS days "
        f"ORDER BY days DESC, id LIMIT {_MOST + 1}"
    )
    rows = yield from ask(query, where[1], f"days from {first.name} to {last.name}", _MOST + 1)
    if isinstance(rows, Reply):
        return rows
    if not rows or len(rows) > _MOST:
        return abstain(f"No such {node.name} has both days." if not rows else "There are too many of them.")
    listed = [(str(row["name"]), int(str(row["days"]))) for row in rows]
    return _told(view, query, listed, (node, first, last))


def _told(view: View, query: str, listed: list[tuple[str, int]], what: tuple[NodeType, Property, Property]) -> Reply:
    node, first, last = what
    days = [item for _, item in listed]
    average, middle = Decimal(sum(days)) / len(days), len(days) // 2
    median = (Decimal(days[middle]) + days[-1 - middle]) / 2
    writing = Writing("duration", formula=f"{last.name} − {first.name}, in days")
    marks = writing.cite(view.citation(query, f"days from {first.name} to {last.name} of {node.name}"))
    if view.cues.direction:
        listed = listed[::-1] if view.cues.direction == "least" else listed
        name, value = listed[0]
        writing.say(f"**{name}**: {value} days {marks}.")
        writing.values |= {"value": str(value), "best": name}
    writing.say(
        f"**{average:.2f} days** on average over {len(days)} {node.name} nodes from {first.name} to {last.name}; "
        f"median {exact(median)}, from {days[-1]} to {days[0]} {marks}."
    )
    writing.values.setdefault("value", exact(median if view.cues.has("median") else average))
    writing.values |= {"average": exact(average), "median": exact(median)}
    rows = tuple((name, str(value)) for name, value in listed[:50])
    writing.tables.append(Table(f"{node.name} by days", ("name", "days"), rows, len(listed) > len(rows)))
    return writing.reply()
