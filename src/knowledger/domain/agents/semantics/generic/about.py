"""What the graph tells of one node."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.rows import ask
from knowledger.domain.agents.semantics.generic.view import Answering, View, suggestions
from knowledger.domain.agents.semantics.generic.ways import answer_neighbours
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply
from knowledger.domain.agents.tools.output import Citation


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
    if view.relationships:
        return (yield from answer_neighbours(view, node, mention))
    own = [item for owner, item in view.properties if owner == node]
    if len(view.mentions) != 1 or view.cues.bounds or view.times.periods or view.cues.direction:
        return abstain("I do not see what is asked about it.", suggestions(view.setting.schema))
    if not own and not view.cues.has("define", "list") and "about" not in view.question.words:
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
        if rows[0][item.name] is not None:
            writing.say(f"{item.name} of {mention['name']}: **{rows[0][item.name]}** {marks}")
            writing.values.setdefault("value", str(rows[0][item.name]))
            writing.values[item.name] = str(rows[0][item.name])
    return writing.reply()
