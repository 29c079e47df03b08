"""The conditions that a question sets for nodes of a type, as Cypher and its parameters."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.generic.view import NUMBERS, View, suggestions
from knowledger.domain.agents.semantics.wording import exact
from knowledger.domain.agents.steps import Reply
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject

_OR_A_YEAR = re.compile(
    r"\b(?:over|above|under|below|more than|less than|up to|at least|at most)\s+(?:19|20)\d\d\b", re.IGNORECASE
)


def conditions_of(view: View, node: NodeType) -> tuple[str, JsonObject] | Reply:
    """The conditions that the question names for nodes of a type, as Cypher and its parameters."""
    conditions: list[str] = []
    parameters: JsonObject = {}
    for number, item in enumerate(dict.fromkeys(each.name for each, _ in view.filters)):
        conditions.append(f"n.`{item}` IN $f{number}")
        parameters[f"f{number}"] = [value for each, value in view.filters if each.name == item]
    if problem := _mentioned(view, node, conditions, parameters):
        return problem
    if _OR_A_YEAR.search(view.question.text) and view.times.periods:
        return abstain("Do you mean the year, or that number?", suggestions(view.setting.schema))
    numbers = [item for owner, item in view.properties if owner == node and item.type.scalar in NUMBERS]
    numbers = numbers or [item for item in node.properties if item.type.scalar in NUMBERS and item.name not in node.key]
    for number, bound in enumerate(view.cues.bounds):
        if len(set(numbers)) != 1:
            return abstain(f"Which number of {node.name} is meant?", suggestions(view.setting.schema))
        conditions.append(f"n.`{numbers[0].name}` {_sign(bound)} CAST($b{number} AS {_cast(numbers[0])})")
        parameters[f"b{number}"] = exact(bound.amount)
    if any(not item.year for item in view.times.periods):
        return abstain("Name the year too.", suggestions(view.setting.schema))
    if len(view.times.periods) > 1:
        return abstain("One year, month or day at a time, please.", suggestions(view.setting.schema))
    if view.times.periods:
        dates = [
            item
            for owner, item in view.properties
            if owner == node and item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)
        ]
        dates = dates or [item for item in node.properties if item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)]
        years = [item for owner, item in view.properties if owner == node and item.type.scalar is Scalar.INT]
        if len(set(dates)) == 1 and not view.times.is_range:
            first, last = view.times.periods[0].days()
            conditions.append(
                f"CAST(n.`{dates[0].name}` AS DATE) >= date($first) AND CAST(n.`{dates[0].name}` AS "
                f"DATE) <= date($last)"
            )
            parameters |= {"first": str(first), "last": str(last)}
        elif len(set(years)) == 1 and view.times.periods[0].kind == "FY":
            conditions.append(f"n.`{years[0].name}` = $year")
            parameters["year"] = view.times.periods[0].year
        else:
            return abstain(f"Which day of {node.name} is meant?", suggestions(view.setting.schema))
    elif not view.times.says_nothing and not view.times.is_all:
        return abstain("Name the year, month or day that is meant.", suggestions(view.setting.schema))
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), parameters


def _mentioned(view: View, node: NodeType, conditions: list[str], parameters: JsonObject) -> Reply | None:
    """What is named must be what the nodes are related to, in one way only: shipments to Rotterdam."""
    for number, row in enumerate(view.mentions):
        ways = [
            item
            for item in view.setting.schema.relationships
            if {item.from_node, item.to_node} == {node.name, str(row["type"])}
        ]
        other = next(item for item in view.setting.schema.nodes if item.name == row["type"])
        same_place = [item for item in view.mentions if (item["start"], item["end"]) == (row["start"], row["end"])]
        if len(ways) != 1 or len(same_place) > 1 or other == node:
            return abstain(f"I cannot tell how {row['name']} is meant.", suggestions(view.setting.schema))
        conditions.append(
            f"EXISTS {{ MATCH (n)-[:`{ways[0].name}`]-(m{number}:`{other.name}`) "
            f"WHERE m{number}.`{other.key[0]}` = $m{number} }}"
        )
        parameters[f"m{number}"] = row["id"]
    return None


def _sign(bound: Bound) -> str:
    return (">" if bound.over else "<") + ("=" if bound.inclusive else "")


def _cast(item: Property) -> str:
    if item.type.scalar is Scalar.DECIMAL:
        return f"DECIMAL({item.type.precision},{item.type.scale})"
    return "INT64" if item.type.scalar is Scalar.INT else "DOUBLE"
