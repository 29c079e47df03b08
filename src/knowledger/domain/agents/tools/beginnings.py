"""Companies by the beginning of their name, as it is typed."""

from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting


@dataclass(frozen=True)
class Company:
    """`id` is what `financial_statement` takes for its entity."""

    id: str
    name: str


def companies_beginning(context: ToolContext, typed: str, most: int) -> list[Company]:
    """In the order of their names; none where the graph holds no companies' reports."""
    if is_data_sets(context.schema):
        kind, key = "Filing", "name"
    elif is_reporting(context.schema):
        kind, key = "Entity", "entity_id"
    else:
        return []
    query = (
        f"MATCH (n:{kind}) WHERE lower(n.name) STARTS WITH lower($typed) "
        f"RETURN DISTINCT n.{key} AS id, n.name AS name ORDER BY name, id LIMIT {most}"
    )
    rows = context.reading.cypher(query, {"typed": typed}, max_rows=most).rows
    return [Company(str(row["id"]), str(row["name"])) for row in rows]
