"""What a graph holds: its types, their properties and how they are related."""

from knowledger.domain.agents.semantics.abstain import unknown_words
from knowledger.domain.agents.semantics.generic.view import View, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table


def describe(view: View) -> Reply:
    schema = view.setting.schema
    if view.question.left:
        return unknown_words(view.question.left, suggestions(schema))
    writing = Writing("schema")
    if view.properties and view.cues.has("define"):
        for node, item in view.properties[:3]:
            writing.say(f"**{node.name}.{item.name}** ({item.type}): {item.description or 'no description'}")
    elif view.nodes:
        for node in view.nodes:
            writing.say(f"**{node.name}**: {node.description or 'no description'}. Key: {', '.join(node.key)}.")
            rows = tuple((item.name, str(item.type), item.description) for item in node.properties)
            writing.tables.append(Table(node.name, ("property", "type", "description"), rows))
            writing.say("Properties: " + ", ".join(f"{item.name} ({item.type})" for item in node.properties) + ".")
            ways = [item for item in schema.relationships if node.name in (item.from_node, item.to_node)]
            writing.say(
                "Relationships: "
                + ", ".join(f"({item.from_node})-[{item.name}]->({item.to_node})" for item in ways)
                + "."
            )
            writing.values["count"] = str(len(node.properties))
            writing.values["names"] = "; ".join(item.name for item in node.properties)
    else:
        writing.say(
            f"{schema.description or 'This graph'}: {len(schema.nodes)} node types and "
            f"{len(schema.relationships)} relationship types."
        )
        writing.say("Node types: " + ", ".join(node.name for node in schema.nodes) + ".")
        writing.say("Relationship types: " + ", ".join(item.name for item in schema.relationships) + ".")
        rows = tuple((node.name, node.description, ", ".join(node.key)) for node in schema.nodes)
        writing.tables.append(Table("Node types", ("type", "description", "key"), rows))
        text = view.question.text.lower()
        about_ways = "relationship" in text or "edge" in text
        names = [item.name for item in (schema.relationships if about_ways else schema.nodes)]
        writing.values |= {"count": str(len(names)), "value": str(len(names)), "names": "; ".join(names)}
    return writing.reply()
