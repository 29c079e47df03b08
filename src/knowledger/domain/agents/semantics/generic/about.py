"""What the graph tells of one node, or of two side by side."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.rows import ask
from knowledger.domain.agents.semantics.generic.view import DAYS, Answering, View, suggestions
from knowledger.domain.agents.semantics.generic.ways import answer_neighbours
from knowledger.domain.agents.semantics.wording import Writing, exact
from knowledger.domain.agents.steps import Reply
from knowledger.domain.agents.tools.output import Citation
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property

_PLACES = ("city", "location", "place", "town", "address", "country", "site", "region")


def answer_about(view: View) -> Answering:
    """An attribute of a named node, or what it is related to."""
    places = {(row["start"], row["end"]) for row in view.mentions}
    ids = {(str(row["type"]), str(row["id"])) for row in view.mentions}
    if len(ids) > 1 or len(places) > 1:
        listed = " or ".join(f"{row['name']} ({row['type']} {row['id']})" for row in view.mentions[:5])
        return abstain(
            f"It could mean {listed}: please say which." if len(places) == 1 else "One thing at a time, please."
        )
    mention = view.mentions[0]
    node = next(item for item in view.setting.schema.nodes if item.name == mention["type"])
    own = _asked_of(view, node)
    if view.relationships and not own:
        return (yield from answer_neighbours(view, node, mention))
    if view.bounds or view.times.periods or view.cues.direction or view.values:
        return abstain("I do not see what is asked about it.", suggestions(view.setting.schema))
    if (
        not own
        and not view.cues.has("define", "list")
        and not {"about", "is"} & set(view.question.words)
        and not view.types
    ):
        return abstain(
            f"What about {mention['name']} is asked?",
            [f"What is the {item.name} of {mention['name']}?" for item in node.properties[1:4]],
        )
    wanted = own or list(node.properties)
    columns = ", ".join(f"n.`{item.name}` AS `{item.name}`" for item in wanted)
    query = f"MATCH (n:`{node.name}`) WHERE n.`{node.key[0]}` = $id RETURN {columns}"
    rows = yield from ask(query, {"id": mention["id"]}, f"{mention['name']}")
    if isinstance(rows, Reply):
        return rows
    if not rows or (own and rows[0][own[0].name] is None):
        return abstain(f"The graph does not know that of {mention['name']}.")
    writing = Writing("attribute")
    marks = writing.cite(
        Citation(str(mention["name"]), view.setting.graph_id, view.setting.generation_id, node.name, str(mention["id"]))
    )
    for item in wanted:
        value = rows[0][item.name]
        if value is not None:
            told = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            writing.say(f"{item.name} of {mention['name']}: **{told}** {marks}")
            writing.values.setdefault("value", told)
            writing.values[item.name] = told
            if item.type.scalar is Scalar.BOOLEAN and len(wanted) == 1:
                writing.values["answer"] = "yes" if value is True else "no"
    return writing.reply()


def _asked_of(view: View, node: NodeType) -> list[Property]:
    """The properties that are named; "when" and "where" name the only one of days or places."""
    own = [item.item for item in view.properties if item.owner == node]
    own = list({item.name: item for item in own}.values())
    if own:
        return own
    if view.cues.has("when"):
        days = [item for item in node.properties if item.type.scalar in DAYS]
        return days if len(days) == 1 else []
    if "where" in view.question.words and not view.relationships:
        return [item for item in node.properties if item.name in _PLACES]
    return []


def answer_side_by_side(view: View) -> Answering:
    """One property of several named nodes of a type: which has more, and by how much."""
    node = next(item for item in view.setting.schema.nodes if item.name == view.mentions[0]["type"])
    [item] = {said.item.name: said.item for said in view.properties if said.owner == node}.values()
    query = (
        f"MATCH (n:`{node.name}`) WHERE n.`{node.key[0]}` IN $ids AND n.`{item.name}` IS NOT NULL "
        f"RETURN n.`{node.key[0]}` AS id, n.`{item.name}` AS value"
    )
    rows = yield from ask(query, {"ids": [row["id"] for row in view.mentions]}, f"{item.name} of {node.name}")
    if isinstance(rows, Reply):
        return rows
    found = {str(row["id"]): row["value"] for row in rows}
    told = [(str(row["name"]), found[str(row["id"])]) for row in view.mentions if str(row["id"]) in found]
    if len(told) != len(view.mentions):
        return abstain(f"The graph does not know the {item.name} of each of them.", suggestions(view.setting.schema))
    writing = Writing("compare")
    marks = writing.cite(view.citation(query, f"{item.name} of {node.name}"))
    for name, value in told:
        writing.say(f"- {item.name} of **{name}**: {value} {marks}")
        writing.values[name] = str(value)
    if item.type.scalar in (Scalar.INT, Scalar.DOUBLE, Scalar.DECIMAL):
        numbers = [(name, Decimal(str(value))) for name, value in told]
        least = view.cues.direction == "least" or bool(
            {"smaller", "less", "fewer", "lower", "cheaper"} & set(view.question.words)
        )
        best = (min if least else max)(numbers, key=lambda pair: pair[1])
        writing.values |= {"best": best[0], "value": exact(best[1])}
        if len(numbers) == 2:
            difference = exact(abs(numbers[0][1] - numbers[1][1]))
            writing.say(f"{'Less' if least else 'More'}: **{best[0]}**, by {difference}.")
            writing.values["difference"] = difference
    elif item.type.scalar in DAYS:
        first, last = min(told, key=lambda pair: str(pair[1])), max(told, key=lambda pair: str(pair[1]))
        writing.say(f"First: **{first[0]}**; last: **{last[0]}**.")
        writing.values |= {"first": first[0], "last": last[0]}
    return writing.reply()
